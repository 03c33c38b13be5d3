/** Sums of a range when servers come, go, move and begin anew: what was spent, asked of a real Prometheus. */
import { writePromql } from '@inferometer/core/panels/promql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasPrometheus } from '../harness/prometheus.ts'
import { fillVariables } from './fill-variables.ts'
import { type RunningPrometheus, runPrometheus } from './run-prometheus.ts'

const hasTools = hasPrometheus()
if (!hasTools) console.log('prometheus is not on PATH: sums of a range were not asked of a real Prometheus')

const minute = 60
/** 2026-03-09T12:00:00Z */
const end = Date.UTC(2026, 2, 9, 12) / 1_000
const rangeSeconds = 30 * minute

/** One server's dollars spent, minute by minute. */
interface Server {
  readonly instance: string
  /** Minutes before the end: of the first scrape, of the first sample of the series, and of the last scrape. */
  readonly scrapedFrom: number
  readonly bornAt?: number
  readonly scrapedTo?: number
  readonly dollars: (minutesBeforeEnd: number) => number
}

const growing = (now: number, perMinute: number) => (ago: number) => now - ago * perMinute

const cases: readonly { name: string; servers: readonly Server[]; dollars: number }[] = [
  {
    name: 'has-been-there-all-along',
    servers: [{ instance: 'a', scrapedFrom: 60, dollars: growing(100, 1) }],
    dollars: 30,
  },
  {
    name: 'was-first-scraped-in-the-range',
    servers: [{ instance: 'a', scrapedFrom: 20, dollars: growing(5_000, 2) }],
    dollars: 40,
  },
  {
    name: 'made-its-first-call-in-the-range',
    servers: [{ instance: 'a', scrapedFrom: 60, bornAt: 10, dollars: () => 7 }],
    dollars: 7,
  },
  {
    name: 'was-first-scraped-and-called-in-the-range',
    servers: [{ instance: 'a', scrapedFrom: 20, bornAt: 10, dollars: () => 7 }],
    dollars: 7,
  },
  {
    name: 'moved-and-took-its-totals-along',
    servers: [
      { instance: 'a', scrapedFrom: 60, scrapedTo: 10, dollars: growing(100, 1) },
      { instance: 'b', scrapedFrom: 9, dollars: growing(100, 1) },
    ],
    dollars: 30,
  },
  {
    // What was spent before the move is not seen, but nothing is made up.
    name: 'moved-when-no-scrape-is-older-than-the-range',
    servers: [
      { instance: 'a', scrapedFrom: 20, scrapedTo: 10, dollars: growing(100, 1) },
      { instance: 'b', scrapedFrom: 9, dollars: growing(100, 1) },
    ],
    dollars: 9,
  },
  {
    name: 'is-two-servers',
    servers: [
      { instance: 'a', scrapedFrom: 20, dollars: growing(100, 1) },
      { instance: 'b', scrapedFrom: 20, dollars: growing(900, 3) },
    ],
    dollars: 80,
  },
  {
    name: 'began-anew-with-an-empty-store',
    servers: [{ instance: 'a', scrapedFrom: 60, dollars: (ago) => (ago > 10 ? 1_000 : 25 - ago) }],
    dollars: 25,
  },
]

function writeServer(service: string, { instance, scrapedFrom, bornAt, scrapedTo = 0, dollars }: Server): string {
  const target = `job="${service}",instance="${instance}"`
  let text = ''
  for (let ago = scrapedFrom; ago >= scrapedTo; ago--) {
    const at = end - ago * minute
    text += `inferometer_series{${target}} 1 ${at}\n`
    if (ago > (bornAt ?? scrapedFrom)) continue
    text += `llm_cost_usd_micro_total{${target},service_name="${service}",model="m",provider="p"} ${dollars(ago) * 1e6} ${at}\n`
  }
  return text
}

describe.skipIf(!hasTools)('writePromql() of a sum over a range', () => {
  let prometheus: RunningPrometheus
  beforeAll(async () => {
    const text = cases.flatMap(({ name, servers }) => servers.map((server) => writeServer(name, server))).join('')
    prometheus = await runPrometheus({ history: [`${text}# EOF\n`] })
  }, 120_000)
  afterAll(() => prometheus?.stop())

  const terms = { measure: { kind: 'amount', of: 'costUsd', over: 'window' }, by: [] } as const
  test.each(cases)('is $dollars dollars when the server $name', async ({ name: service, dollars }) => {
    const promql = fillVariables(writePromql(terms, 'whole_range'), { rangeSeconds, rateIntervalSeconds: 60, service })
    expect(await prometheus.query(promql, end)).toEqual([{ labels: {}, value: dollars }])
  })
})
