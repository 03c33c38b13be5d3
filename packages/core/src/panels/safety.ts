import { type Dashboard, definePanel } from './panel.ts'
import type { Amount, Dimension, Over, PanelTerms } from './terms.ts'

function amount(of: Amount, over: Over, by: readonly Dimension[] = []): PanelTerms {
  return { measure: { kind: 'amount', of, over }, by }
}

function shareOfCalls(of: Amount, by: readonly Dimension[] = []): PanelTerms {
  return { measure: { kind: 'ratio', of, to: 'calls' }, by }
}

const byServiceAlone = 'Findings are counted by service: the provider and model chosen above do not narrow this panel.'
const noFindings = 'Nothing found in this range'

const tiles = [
  definePanel({
    id: 'pii-calls',
    title: 'Calls with PII',
    description: `Calls of the range in whose text personal data or a secret was found; a call counts once.`,
    inPrometheus: byServiceAlone,
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'PII', terms: amount('piiCalls', 'window') }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 1, level: 'warn' },
    ],
  }),
  definePanel({
    id: 'injection-calls',
    title: 'Injection attempts',
    description: `Calls of the range in whose text an attack on the prompt was found. Look at who sent them: one session is a curious user, many are an attack or a poisoned document.`,
    inPrometheus: byServiceAlone,
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'Injection', terms: amount('injectionCalls', 'window') }],
    thresholds: [
      { from: 0, level: 'good' },
      { from: 1, level: 'bad' },
    ],
  }),
  definePanel({
    id: 'findings',
    title: 'Findings',
    description: `Matches of the scanner in the range, of both kinds; a call can have many. Many findings in few calls are a pasted list or file.`,
    inPrometheus: byServiceAlone,
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'Findings', terms: amount('findings', 'window') }],
  }),
  definePanel({
    id: 'scanned-calls',
    title: 'Calls',
    description:
      'Calls in the range, to read the numbers beside it against. Text that is not sent to the server cannot be scanned by it: applications with content off scan in the SDK.',
    kind: 'stat',
    unit: 'count',
    width: 6,
    queries: [{ legend: 'Calls', terms: amount('calls', 'window') }],
  }),
]

const overTime = [
  definePanel({
    id: 'pii-per-second',
    title: 'PII detections per second by service',
    description: `Calls per second in which personal data was found. A step after a release is a new field in the prompt: redact it before the call, and see Top patterns for what it is.`,
    inPrometheus: byServiceAlone,
    kind: 'timeseries',
    unit: 'calls_per_second',
    width: 12,
    noData: noFindings,
    queries: [{ legend: '{serviceName}', terms: amount('piiCalls', 'second', ['serviceName']) }],
  }),
  definePanel({
    id: 'injections-per-second',
    title: 'Injection attempts per second by service',
    description: `Calls per second in which an attack on the prompt was found. In a burst, open Calls with findings at that time, group by user, and check what tools the answers called.`,
    inPrometheus: byServiceAlone,
    kind: 'timeseries',
    unit: 'calls_per_second',
    width: 12,
    noData: noFindings,
    queries: [{ legend: '{serviceName}', terms: amount('injectionCalls', 'second', ['serviceName']) }],
  }),
  definePanel({
    id: 'violations',
    title: 'Total security violations (cumulative)',
    description: `Calls with personal data and calls with an injection attempt since the first call that is kept; a call with both is in both. The slope is what matters.`,
    inPrometheus: byServiceAlone,
    kind: 'stacked',
    unit: 'count',
    width: 12,
    queries: [
      { legend: 'PII', terms: amount('piiCalls', 'ever') },
      { legend: 'Injection attempts', terms: amount('injectionCalls', 'ever') },
    ],
  }),
  definePanel({
    id: 'share-with-findings',
    title: 'Share of calls with findings',
    description: `Calls with personal data, and with an injection attempt, divided by all calls of the service: more traffic alone does not move it.`,
    inPrometheus: byServiceAlone,
    kind: 'timeseries',
    unit: 'share',
    width: 12,
    queries: [
      { legend: 'PII {serviceName}', terms: shareOfCalls('piiCalls', ['serviceName']) },
      { legend: 'Injection {serviceName}', terms: shareOfCalls('injectionCalls', ['serviceName']) },
    ],
  }),
]

const patterns = [
  definePanel({
    id: 'top-patterns',
    title: 'Top patterns',
    description: `The ten patterns of config/patterns.yaml that were found most often in the range. A pattern that is always on top and never right: try its text in the scan playground and narrow it.`,
    inPrometheus: byServiceAlone,
    kind: 'bars',
    unit: 'count',
    width: 12,
    queries: [{ legend: '{pattern}', terms: { ...amount('findings', 'window', ['pattern']), top: 10 } }],
    noData: noFindings,
  }),
  definePanel({
    id: 'findings-per-second',
    title: 'Findings per second by pattern',
    description: `When each pattern was found. A pattern that begins at one moment is a release, a new customer or an edit of config/patterns.yaml.`,
    inPrometheus: byServiceAlone,
    kind: 'stacked',
    unit: 'calls_per_second',
    width: 12,
    queries: [{ legend: '{pattern}', terms: amount('findings', 'second', ['pattern']) }],
    noData: noFindings,
  }),
  definePanel({
    id: 'findings-table',
    title: 'Findings by service, kind and pattern',
    description: `What was found where in the range: the list to go through with the owner of each service.`,
    inPrometheus: byServiceAlone,
    kind: 'table',
    unit: 'count',
    width: 24,
    queries: [{ legend: 'Findings', terms: amount('findings', 'window', ['serviceName', 'findingKind', 'pattern']) }],
    noData: noFindings,
  }),
]

export const safetyDashboard: Dashboard = {
  uid: 'llm-security-safety-dashboard',
  title: 'LLM Security & Safety',
  description: 'Personal data and injection attempts in what is sent to models and comes back.',
  panels: [...tiles, ...overTime, ...patterns],
}
