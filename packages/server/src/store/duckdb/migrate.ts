import type { DuckDBConnection } from '@duckdb/node-api'

/**
 * What leads from one version of a file of calls to the next. Only ever add to it: a released step is never edited,
 * because files that took it are out there. A new field of LlmCall is a step `ALTER TABLE … ADD COLUMN …` and a last
 * line in `columns`.
 */
const migrations: readonly ((catalog: string) => string)[] = [
  (catalog) => `CREATE TABLE ${catalog}.calls (
    seq BIGINT NOT NULL,
    trace_id UUID NOT NULL,
    span_id UBIGINT NOT NULL,
    parent_span_id UBIGINT,
    service_name VARCHAR,
    operation VARCHAR,
    provider VARCHAR,
    request_model VARCHAR,
    response_model VARCHAR,
    start_time TIMESTAMP NOT NULL,
    latency_ms DOUBLE,
    ttft_ms DOUBLE,
    streaming BOOLEAN,
    stall_count BIGINT,
    stall_ms DOUBLE,
    status VARCHAR,
    error_type VARCHAR,
    error_code VARCHAR,
    error_message VARCHAR,
    http_status BIGINT,
    input_tokens BIGINT,
    output_tokens BIGINT,
    cache_read_tokens BIGINT,
    cache_write_tokens BIGINT,
    reasoning_tokens BIGINT,
    usage_source VARCHAR,
    finish_reason VARCHAR,
    finish_reason_raw VARCHAR,
    response_id VARCHAR,
    request_id VARCHAR,
    tool_calls VARCHAR,
    attempts VARCHAR,
    retry_count BIGINT,
    user_id VARCHAR,
    session_id VARCHAR,
    tags VARCHAR,
    cost_nano_usd BIGINT,
    price_version VARCHAR,
    findings VARCHAR,
    content VARCHAR,
    source VARCHAR
  )`,
  (catalog) => `CREATE TABLE ${catalog}.nodes (
    seq BIGINT NOT NULL,
    trace_id UUID NOT NULL,
    span_id UBIGINT NOT NULL,
    start_time_us BIGINT NOT NULL,
    node VARCHAR NOT NULL
  )`,
  (catalog) => `ALTER TABLE ${catalog}.calls ADD COLUMN reported_cost_nano_usd BIGINT`,
  (catalog) => `ALTER TABLE ${catalog}.calls ADD COLUMN stalls VARCHAR`,
  (catalog) => `ALTER TABLE ${catalog}.calls ADD COLUMN attempt_statuses VARCHAR`,
  (catalog) => `UPDATE ${catalog}.calls SET attempt_statuses = array_to_string(CASE
    WHEN attempts IS NOT NULL
      THEN list_transform(from_json(attempts, '[{"httpStatus":"INTEGER"}]'), x -> coalesce(x.httpStatus::VARCHAR, 'none'))
    WHEN http_status IS NOT NULL THEN [http_status::VARCHAR] ELSE [] END, ',')`,
]

/** Brings an attached file to the version of this program. Throws when the file is from a newer one. */
export async function migrate(connection: DuckDBConnection, catalog: string): Promise<void> {
  await connection.run(`CREATE TABLE IF NOT EXISTS "${catalog}".schema_version (version INTEGER NOT NULL)`)
  const found = await connection.runAndReadAll(`SELECT max(version) FROM "${catalog}".schema_version`)
  const version = Number(found.getRows()[0]?.[0] ?? 0)
  if (version > migrations.length) throw new NewerSchemaError(version)
  for (const [index, toSql] of migrations.slice(version).entries()) {
    await connection.run('BEGIN')
    await connection.run(toSql(`"${catalog}"`))
    await connection.run(`INSERT INTO "${catalog}".schema_version VALUES (${version + index + 1})`)
    await connection.run('COMMIT')
  }
}

/** Not damage: such a file must be left as it is. */
export class NewerSchemaError extends Error {
  constructor(version: number) {
    super(`it was written by a newer version (schema ${version}; this program knows ${migrations.length})`)
  }
}
