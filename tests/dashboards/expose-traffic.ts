/** The seeded traffic as the server shows it, scrape after scrape. */
import { createCallMetrics } from '../../packages/server/src/metrics/call-metrics.ts'
import { defaultLimits } from '../../packages/server/src/metrics/cardinality.ts'
import { renderMetrics } from '../../packages/server/src/metrics/expose/render-metrics.ts'
import { createRegistry } from '../../packages/server/src/metrics/registry.ts'
import type { Stretch } from './seeded-traffic.ts'

const openMetrics = 'application/openmetrics-text;version=1.0.0'
const target = 'job="inferometer",instance="127.0.0.1:9464"'

/** One OpenMetrics text per stretch; the counters go on from one to the next, as those of a server do. */
export function exposeTraffic(stretches: readonly Stretch[]): string[] {
  const registry = createRegistry({ limits: defaultLimits })
  const metrics = createCallMetrics(registry)
  return stretches.map(({ before, slots }) => {
    for (const call of before) metrics.record(call)
    const scrapes = slots.map(({ atSeconds, calls }) => {
      for (const call of calls) metrics.record(call)
      return addTime(String(renderMetrics(registry, openMetrics).body), atSeconds)
    })
    return `${scrapes.join('')}# EOF\n`
  })
}

/** What a scrape adds: the time, and where it came from. Exemplars are left out: promtool does not keep them. */
function addTime(text: string, atSeconds: number): string {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const sample = line.replace(/ # \{.*$/, '')
      const labelled = sample.replace(/^(\w+)(\{?)/, (_, name, brace) =>
        brace === '' ? `${name}{${target}}` : `${name}{${target},`,
      )
      return `${labelled} ${atSeconds}\n`
    })
    .join('')
}
