import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CallFields } from '@inferometer/core/call'
import { createCall } from '@inferometer/core/call'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCatalogue } from './catalogue.ts'
import { listPrices } from './list-prices.ts'
import type { ReloadResult } from './live-file.ts'
import { parsePriceFile } from './price-file.ts'
import type { Prices } from './prices.ts'
import { createPrices } from './prices.ts'

const shipped = fileURLToPath(new URL('../../../../config/model_prices.yaml', import.meta.url))

function call(fields: Partial<CallFields>) {
  return createCall({
    traceId: '0'.repeat(31) + '1',
    spanId: '0'.repeat(15) + '1',
    serviceName: 's',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o',
    startTimeUs: Date.parse('2026-11-01') * 1_000,
    latencyMs: 1,
    inputTokens: 150,
    outputTokens: 80,
    source: 'rest',
    ...fields,
  })
}

function rowText(input: number, version: string): string {
  return `- {model: m, provider: acme, input_price_per_1m: ${input}, output_price_per_1m: 0, version: "${version}"}\n`
}

let folder: string
let file: string
let open: Prices[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prices-'))
  file = join(folder, 'model_prices.yaml')
})
afterEach(async () => {
  for (const prices of open) prices.close()
  open = []
  await rm(folder, { recursive: true })
})

async function openPrices(watched: boolean, results: ReloadResult[] = []): Promise<Prices> {
  const prices = await createPrices({ file, watch: watched, onReload: (result) => results.push(result) })
  open.push(prices)
  return prices
}

async function waitUntil(isTrue: () => boolean, limitMs = 1_000): Promise<number> {
  const start = performance.now()
  while (!isTrue()) {
    if (performance.now() - start > limitMs) throw new Error(`not within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - start
}

describe('createPrices() price', () => {
  it('sets cost and price version', async () => {
    const prices = await createPrices({ file: shipped, watch: false })
    expect(prices.price(call({}))).toMatchObject({ costNanoUsd: 1_175_000, priceVersion: '2026-11' })
    expect(prices.costOf(call({}))?.parts).toHaveLength(2)
  })

  it('leaves a cost that the sender gave, and a call without a price, as they are', async () => {
    const prices = await createPrices({ file: null, watch: false })
    const given = call({ costNanoUsd: 5 })
    expect(prices.price(given)).toBe(given)
    expect(prices.price(call({ requestModel: 'unheard-of' }))).toMatchObject({ costNanoUsd: null, priceVersion: null })
    expect(prices.price(call({ inputTokens: null }))).toMatchObject({ costNanoUsd: null, priceVersion: null })
  })

  it('prices by the catalogue what the file does not list', async () => {
    await writeFile(file, rowText(1, 'mine'))
    const prices = await openPrices(false)
    expect(prices.price(call({ provider: 'acme', requestModel: 'm' }))).toMatchObject({
      costNanoUsd: 150_000,
      priceVersion: 'mine',
    })
    expect(prices.price(call({})).priceVersion).toContain('genai-prices')
  })
})

describe('createPrices() at start', () => {
  it('refuses a bad file with line, column and reason', async () => {
    await writeFile(
      file,
      '- model: m\n  provider: acme\n  input_price_per_1m: x\n  ouput_price_per_1m: 1\n  version: v\n',
    )
    await expect(openPrices(false)).rejects.toThrow(
      [
        `Cannot load prices from ${file}: 3 problem(s)`,
        `  ${file}:1:3: [0].output_price_per_1m: 'output_price_per_1m' is missing`,
        `  ${file}:3:3: [0].input_price_per_1m: 'input_price_per_1m' must be a number of dollars, not text 'x'`,
        `  ${file}:4:3: [0].ouput_price_per_1m: unknown key 'ouput_price_per_1m' (did you mean 'output_price_per_1m'?)`,
      ].join('\n'),
    )
  })

  it('refuses a missing file', async () => {
    await expect(openPrices(false)).rejects.toThrow(/^Cannot load prices from .*ENOENT/)
  })
})

describe('createPrices() reload', () => {
  it('takes a good file and answers the new version', async () => {
    await writeFile(file, rowText(1, 'a'))
    const prices = await openPrices(false)
    const before = prices.current().version
    await writeFile(file, rowText(2, 'b'))
    const result = await prices.reload()
    expect(result).toMatchObject({ ok: true })
    expect(prices.current().version).not.toBe(before)
    expect(prices.current().rows[0]?.version).toBe('b')
  })

  it('keeps the old table when the file is bad or gone', async () => {
    await writeFile(file, rowText(1, 'a'))
    const prices = await openPrices(false)
    const before = prices.current()
    await writeFile(file, '- model: [unclosed')
    const bad = await prices.reload()
    expect(bad.ok ? [] : bad.problems.map((problem) => problem.line)).toEqual([1])
    await rm(file)
    expect(await prices.reload()).toMatchObject({ ok: false })
    expect(prices.current()).toBe(before)
  })
})

describe('createPrices() watching', () => {
  it('has a good edit live soon and keeps the table on a bad one', async () => {
    await writeFile(file, rowText(1, 'a'))
    const results: ReloadResult[] = []
    const prices = await openPrices(true, results)
    await writeFile(file, rowText(2, 'b'))
    const tookMs = await waitUntil(() => prices.current().rows[0]?.version === 'b')
    // Polled every 200 ms: the rest is what a loaded machine may add.
    expect(tookMs).toBeLessThan(5_000)
    await writeFile(file, rowText(-2, 'c'))
    await waitUntil(() => results.length === 2)
    expect(results[1]).toMatchObject({ ok: false, problems: [{ line: 1, path: '[0].input_price_per_1m' }] })
    expect(prices.current().rows[0]?.version).toBe('b')
  })

  it('sees an atomic rename', async () => {
    await writeFile(file, rowText(1, 'a'))
    const prices = await openPrices(true)
    await writeFile(`${file}.new`, rowText(1, 'b'))
    await rename(`${file}.new`, file)
    await waitUntil(() => prices.current().rows[0]?.version === 'b')
  })

  it("sees Kubernetes' symlink swap", async () => {
    for (const version of ['a', 'b']) {
      await mkdir(join(folder, version))
      await writeFile(join(folder, version, 'model_prices.yaml'), rowText(1, version))
    }
    await symlink('a', join(folder, '..data'))
    await symlink('..data/model_prices.yaml', file)
    const prices = await openPrices(true)
    expect(prices.current().rows[0]?.version).toBe('a')
    await symlink('b', join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    await waitUntil(() => prices.current().rows[0]?.version === 'b')
  })

  it('says once that the file is gone and takes it when it is back', async () => {
    await writeFile(file, rowText(1, 'a'))
    const results: ReloadResult[] = []
    const prices = await openPrices(true, results)
    await rm(file)
    await waitUntil(() => results.length > 0)
    expect(results).toMatchObject([{ ok: false }])
    await writeFile(file, rowText(1, 'b'))
    await waitUntil(() => prices.current().rows[0]?.version === 'b')
  })
})

describe('config/model_prices.yaml', () => {
  it('is good and equals the bundled catalogue row by row', async () => {
    const parsed = parsePriceFile(await readFile(shipped, 'utf8'))
    const { providers } = await loadCatalogue()
    const bundled = providers.flatMap(({ provider, models }) =>
      models.flatMap(({ model, rows }) =>
        rows.map((row) => ({ key: `${provider}/${model}/${row.effectiveFromUs}`, row })),
      ),
    )
    const rows = parsed.ok ? parsed.value : []
    expect(parsed.ok).toBe(true)
    expect(rows.length).toBeGreaterThan(30)
    for (const row of rows) {
      const provider = row.provider === 'gcp.gemini' ? 'google' : row.provider
      const same = bundled.find(({ key }) => key === `${provider}/${row.model}/${row.effectiveFromUs}`)?.row
      expect({ model: row.model, prices: row.prices, tiers: row.tiers }).toEqual({
        model: row.model,
        prices: same?.prices,
        tiers: same?.tiers,
      })
    }
  })
})

describe('listPrices()', () => {
  it('shows the file first, in the field names of the file', async () => {
    await writeFile(file, rowText(2.5, 'mine'))
    const prices = await openPrices(false)
    const { version, prices: rows } = listPrices(prices.current())
    expect(version).toMatch(/^file:[0-9a-f]{12}\+@pydantic\/genai-prices@/)
    expect(rows[0]).toMatchObject({
      model: 'm',
      provider: 'acme',
      input_price_per_1m: 2.5,
      version: 'mine',
      origin: 'file',
    })
    expect(rows.length).toBeGreaterThan(1_000)
    expect(rows.at(-1)?.origin).toBe('bundled')
  })
})
