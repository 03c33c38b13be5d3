import { type Dashboard, definePanel } from './panel.ts'
import type { Dimension, Duration, PanelTerms } from './terms.ts'

function percentile(of: Duration, percent: 50 | 95 | 99, by: readonly Dimension[] = []): PanelTerms {
  return { measure: { kind: 'quantile', of, quantile: percent / 100 }, by }
}

const p95LastWeek: PanelTerms = { measure: { kind: 'quantile', of: 'latencyMs', quantile: 0.95, weeksAgo: 1 }, by: [] }

const percents = [50, 95, 99] as const
const percentilesByModel = (of: Duration) =>
  percents.map((percent) => ({ legend: `p${percent} {model}`, terms: percentile(of, percent, ['model']) }))

const noStreams = 'No first token seen in this range'

const tiles = [
  definePanel({
    id: 'p95-latency',
    title: 'p95 latency',
    description:
      'One call in twenty took longer than this in the range. Latency runs from before the first attempt to the last byte, so waiting between retries is in it. If it is high, see below which model and service it comes from, then the retry rate on LLM Error & Retry.',
    kind: 'stat',
    unit: 'milliseconds',
    width: 6,
    queries: [{ legend: 'p95', terms: percentile('latencyMs', 95) }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 10_000, level: 'warn' },
      { from: 30_000, level: 'bad' },
    ],
  }),
  definePanel({
    id: 'p95-ttft',
    title: 'p95 TTFT',
    description:
      'One stream in twenty took longer than this to its first content token: what a user feels as "nothing happens". Only calls whose first token was seen are counted. If it rises alone, look at prompt size, the cache-hit share and the provider.',
    kind: 'stat',
    unit: 'milliseconds',
    width: 6,
    queries: [{ legend: 'p95', terms: percentile('ttftMs', 95) }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 2_000, level: 'warn' },
      { from: 5_000, level: 'bad' },
    ],
    noData: noStreams,
  }),
  definePanel({
    id: 'median-time-per-output-token',
    title: 'Median time per token',
    description:
      'Time between tokens once a stream has begun: (latency − TTFT) ÷ (output tokens − 1). Above about 50 ms text comes slower than people read. If it rises while TTFT does not, the provider is short of capacity.',
    kind: 'stat',
    unit: 'milliseconds',
    width: 6,
    queries: [{ legend: 'p50', terms: percentile('timePerOutputTokenMs', 50) }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 50, level: 'warn' },
      { from: 150, level: 'bad' },
    ],
    noData: 'No streams in this range',
  }),
  definePanel({
    id: 'calls',
    title: 'Calls',
    description:
      'Calls of every status in the range, each once: retries are attempts of their call and not calls. If this is 0 and the applications run, nothing reaches the server: see its health page.',
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'calls', terms: { measure: { kind: 'amount', of: 'calls', over: 'window' }, by: [] } }],
  }),
]

const percentiles = [
  definePanel({
    id: 'latency-percentiles',
    title: 'Latency percentiles p50/p95/p99 by model',
    description:
      'Latency of calls of every status, from before the first attempt to the last byte. p50 moves with the answers’ length; p99 alone moves with retries and stalls. Click a point to open the trace of one call behind it.',
    kind: 'timeseries',
    unit: 'milliseconds',
    width: 12,
    queries: percentilesByModel('latencyMs'),
    exemplars: true,
  }),
  definePanel({
    id: 'ttft-percentiles',
    title: 'TTFT percentiles',
    description:
      'Time to the first content token by model, from the same start as the latency; calls without a seen first token are left out. A rise here with steady time per output token is queueing at the provider or a longer prompt. Click a point to open its trace.',
    kind: 'timeseries',
    unit: 'milliseconds',
    width: 12,
    queries: percentilesByModel('ttftMs'),
    exemplars: true,
    noData: noStreams,
  }),
  definePanel({
    id: 'avg-latency-vs-ttft',
    title: 'Avg latency vs avg TTFT per model',
    description:
      'The two averages over the range, side by side. What lies between them is the time the answer took to write: shorten the answer or stream it. Where both are nearly equal, the wait is before the first token: look at prompt size and caching.',
    kind: 'bars',
    unit: 'milliseconds',
    width: 12,
    queries: [
      { legend: 'Avg latency', terms: { measure: { kind: 'average', of: 'latencyMs' }, by: ['model'] } },
      { legend: 'Avg TTFT', terms: { measure: { kind: 'average', of: 'ttftMs' }, by: ['model'] } },
    ],
  }),
  definePanel({
    id: 'latency-against-last-week',
    title: 'p95 latency against last week',
    description:
      'p95 of all calls now, and at the same hour a week ago. The two lines together say whether a slow hour is usual. If they part at a release, it is yours; if they part for one model only, it is the provider’s.',
    kind: 'timeseries',
    unit: 'milliseconds',
    width: 12,
    queries: [
      { legend: 'Now', terms: percentile('latencyMs', 95) },
      { legend: 'A week ago', terms: p95LastWeek },
    ],
  }),
]

const throughput = [
  definePanel({
    id: 'p95-latency-by-service',
    title: 'p95 latency by service',
    description:
      'The same percentile by the application that made the call. One service above the others with the same model sends longer prompts, asks for longer answers, or retries more.',
    kind: 'timeseries',
    unit: 'milliseconds',
    width: 12,
    queries: [{ legend: '{serviceName}', terms: percentile('latencyMs', 95, ['serviceName']) }],
    exemplars: true,
  }),
  definePanel({
    id: 'time-per-output-token',
    title: 'Time per output token',
    description:
      'p50 and p95 of the time between tokens of a stream, by model. It depends on the provider’s load and hardly on your prompt: if it rises, only another model, region or provider helps.',
    kind: 'timeseries',
    unit: 'milliseconds',
    width: 12,
    queries: ([50, 95] as const).map((percent) => ({
      legend: `p${percent} {model}`,
      terms: percentile('timePerOutputTokenMs', percent, ['model']),
    })),
    noData: 'No streams in this range',
  }),
  definePanel({
    id: 'output-tokens-per-second',
    title: 'Output tokens per second',
    description:
      'Completion tokens written by each model, summed over all calls. Providers limit this: compare it with your quota before a launch. A fall with steady calls means shorter answers; see Finish reasons.',
    kind: 'timeseries',
    unit: 'tokens_per_second',
    width: 12,
    queries: [
      {
        legend: '{model}',
        terms: { measure: { kind: 'amount', of: 'outputTokens', over: 'second' }, by: ['model'] },
      },
    ],
  }),
  definePanel({
    id: 'calls-per-second',
    title: 'Calls per second',
    description:
      'Calls of every status by model. Read the percentiles above against it: a slow minute with two calls is no incident. A sudden stop of one model is a release, a flag, or an application that is down.',
    kind: 'stacked',
    unit: 'calls_per_second',
    width: 12,
    queries: [
      { legend: '{model}', terms: { measure: { kind: 'amount', of: 'calls', over: 'second' }, by: ['model'] } },
    ],
  }),
]

export const latencyDashboard: Dashboard = {
  uid: 'llm-latency-ttft-dashboard',
  title: 'LLM Latency & TTFT',
  description: 'How long calls take, when their first token comes, and where the time goes.',
  panels: [...tiles, ...percentiles, ...throughput],
}
