/** `inferometer config check`: nothing wrong in our own files, and one mistake in each is found at its place. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkConfig } from '../packages/cli/src/config-check/check-config.ts'
import { runCliToEnd } from './harness/run-cli.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
let dir: string

const foldersOf = (top: string) => ({
  configDir: join(top, 'config'),
  dashboardsDir: join(top, 'build/dashboards'),
  deployDir: join(top, 'deploy'),
})
const flagsOf = (top: string) => {
  const { configDir, dashboardsDir, deployDir } = foldersOf(top)
  return ['--config-dir', configDir, '--dashboards-dir', dashboardsDir, '--deploy-dir', deployDir]
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'inferometer-config-'))
  for (const name of ['config', 'deploy', 'build/dashboards', 'docs/runbooks'])
    cpSync(join(root, name), join(dir, name), { recursive: true })
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('inferometer config check', () => {
  test('finds nothing wrong in the files of this repository', async () => {
    const { exitCode, out } = await runCliToEnd(['config', 'check', ...flagsOf(root)])
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^\d+ files, nothing wrong\n$/)])
  })

  test.each([
    ['config/model_prices.yaml', /version: /, 'versoin: ', "unknown key 'versoin' (did you mean 'version'?)"],
    ['config/patterns.yaml', /type: PII_STRUCTURAL/, 'type: PII', "'type' must be PII_STRUCTURAL or INJECTION_ATTEMPT"],
    ['deploy/prometheus/prometheus.yml', 'job_name: inferometer', 'job_name: other', 'has no job_name inferometer'],
    [
      'deploy/prometheus/prometheus.yml',
      '- alerts.rules.yml',
      '- alert.rules.yml',
      'names alert.rules.yml, which is not',
    ],
    [
      'deploy/prometheus/alerts.rules.yml',
      'rate(llm_attempts_total{',
      'rate(llm_attempt_total{',
      "'llm_attempts_total'?",
    ],
    ['deploy/prometheus/alerts.rules.yml', '{http_status="429"}', '{status_code="429"}', "the label 'status_code'"],
    ['deploy/prometheus/alerts.rules.yml', 'severity: page', 'severity: red', "needs 'severity', page or ticket"],
    ['deploy/prometheus/alerts.rules.yml', 'for: 2m', 'for: soon', 'must be a duration such as 5m'],
    [
      'deploy/prometheus/alerts.rules.yml',
      'runbooks/llm-retry-storm.md',
      'runbooks/none.md',
      'runbooks/none.md, which is',
    ],
    ['deploy/prometheus/recording.rules.yml', '(rate(llm_spans_total', '((rate(llm_spans_total', 'is no PromQL near'],
    [
      'deploy/grafana/provisioning/datasources/datasources.yml',
      'datasourceUid: tempo',
      'datasourceUid: temp',
      "'temp', which",
    ],
    ['deploy/grafana/provisioning/dashboards/dashboards.yml', 'type: file', 'type: files', "must be 'file'"],
    ['deploy/tempo/tempo.yaml', 'otlp:', 'otpl:', 'needs distributor.receivers.otlp'],
    [
      'deploy/loki/loki.yaml',
      'allow_structured_metadata',
      'allow_metadata',
      'needs limits_config.allow_structured_metadata',
    ],
    [
      'build/dashboards/llm-cost-dashboard.json',
      'llm_spans_total',
      'llm_span_total',
      "'llm_span_total', which is no metric",
    ],
    ['build/dashboards/llm-cost-dashboard.json', '"panels"', '"pannels"', 'must list at least one panel'],
    [
      'build/dashboards/llm-cost-dashboard.json',
      /"uid": "llm-cost-dashboard"/,
      '"uid": "llm/cost"',
      'must be text of at most 40',
    ],
    ['build/dashboards/llm-cost-dashboard.json', /"title": "LLM Cost Dashboard"/, '"titel": "LLM"', 'must be text'],
    ['build/dashboards/llm-cost-dashboard.json', /"id": 2,/, '"id": 1,', '1 is also that of panels.0'],
    ['build/dashboards/llm-cost-dashboard.json', /"x": 6,/, '"x": 5,', 'lies over another panel'],
    ['build/dashboards/llm-cost-dashboard.json', /"w": 6,/, '"w": 60,', 'within 24 columns'],
    ['build/dashboards/llm-cost-dashboard.json', /"targets": \[/, '"queries": [', 'must list at least one query'],
    ['build/dashboards/llm-cost-dashboard.json', /"refId": "B"/, '"refId": "A"', "'A' is also that of another query"],
    [
      'build/dashboards/llm-cost-dashboard.json',
      /"unit": "currencyUSD"/,
      '"unti": "currencyUSD"',
      'needs defaults.unit',
    ],
    [
      'build/dashboards/llm-cost-dashboard.json',
      /(?<="expr": "\(sum.*\n(?:.*\n){1,9}? *"uid": )"\$\{datasource\}"/,
      '"$${source}"',
      "names the variable 'source'",
    ],
  ])('finds in %s what %s became by %s', (name, before, after, message) => {
    const file = join(dir, name)
    const text = readFileSync(file, 'utf8')
    const at = text.search(
      before instanceof RegExp ? before : new RegExp(before.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
    )
    expect(at).toBeGreaterThan(-1)
    writeFileSync(file, text.replace(before, after))
    const { findings } = checkConfig(foldersOf(dir))
    writeFileSync(file, text)
    const [first] = findings.filter((finding) => finding.message.includes(message))
    expect(first, JSON.stringify(findings)).toBeDefined()
    expect(first?.file).toBe(file)
    const line = text.slice(0, at).split('\n').length
    // A path that is missing is told where its last part that is there begins.
    expect(first?.line).toBeLessThanOrEqual(line)
    if (!/^(needs|must list|must be text$|has no)/.test(message)) expect(line - (first?.line ?? 0)).toBeLessThan(12)
  })

  test('answers with exit code 1 and JSON for a build, and refuses what it does not know', async () => {
    const file = join(dir, 'config/model_prices.yaml')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, '- model: 7\n')
    const { exitCode, out } = await runCliToEnd(['config', 'check', '--json', ...flagsOf(dir)])
    writeFileSync(file, text)
    const { ok, findings } = JSON.parse(out)
    expect([exitCode, ok]).toEqual([1, false])
    expect(findings[0]).toMatchObject({
      line: 1,
      column: expect.any(Number),
      file: expect.stringContaining('model_prices.yaml'),
    })
    expect((await runCliToEnd(['config', 'chek'])).exitCode).toBe(2)
  })
})
