import { processMetrics, selfMetrics } from '@inferometer/core/metrics'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from './cardinality.ts'
import { parseText } from './expose/parse-text.cases.ts'
import { renderMetrics } from './expose/render-metrics.ts'
import { createProcessMetrics, createProcessReaders } from './process-metrics.ts'
import { createRegistry, type Registry } from './registry.ts'
import { createSelfMetrics } from './self-metrics.ts'

function scrape(registry: Registry): Map<string, string> {
  const { body } = renderMetrics(registry, 'text/plain')
  if (typeof body !== 'string') throw new Error('not text')
  parseText(String(renderMetrics(registry, 'application/openmetrics-text').body), 'openmetrics')
  const samples = parseText(body, 'prometheus').flatMap((family) => family.samples)
  return new Map(samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(), value]))
}

describe('createSelfMetrics()', () => {
  it('registers every metric of the catalogue when the registry brings its own two', () => {
    const registry = createRegistry({ limits: defaultLimits })
    createSelfMetrics(registry)
    const names = registry.families().map((family) => family.definition.name)
    expect(names.sort()).toEqual(
      Object.values(selfMetrics)
        .map((definition) => definition.name)
        .sort(),
    )
  })

  it('shows the number of series as a scrape has them', () => {
    const registry = createRegistry({ limits: defaultLimits })
    const metrics = createSelfMetrics(registry)
    metrics.received.add(['rest'], 3)
    metrics.outboxDepth.set(['tempo'], 5)
    const samples = scrape(registry)
    expect(samples.get('inferometer_received_total,rest')).toBe('3')
    expect(samples.get('inferometer_outbox_depth,tempo')).toBe('5')
    expect(samples.get('inferometer_store_commit_ms_count')).toBe('0')
    expect(samples.get('inferometer_series')).toBe(String(samples.size))
  })
})

describe('createProcessMetrics()', () => {
  it('asks its readers at every scrape', () => {
    const registry = createRegistry({ limits: defaultLimits })
    // Each scrape of this test renders twice.
    let scrapes = 0
    createProcessMetrics(registry, {
      residentMemoryBytes: () => 1000 + ++scrapes,
      cpuSeconds: () => scrapes / 10,
      eventLoopLagSeconds: () => 0.25,
      startTimeSeconds: 1_790_000_000.5,
    })
    scrape(registry)
    const samples = scrape(registry)
    expect(samples.get(processMetrics.residentMemory.name)).toBe('1003')
    expect(samples.get(processMetrics.cpu.name)).toBe('0.3')
    expect(samples.get(processMetrics.eventLoopLag.name)).toBe('0.25')
    expect(samples.get(processMetrics.startTime.name)).toBe('1790000000.5')
  })

  it('createProcessReaders() reads this process when it is blocked', async () => {
    const readers = createProcessReaders()
    await new Promise((resolve) => setTimeout(resolve, 30))
    const until = performance.now() + 100
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(readers.eventLoopLagSeconds()).toBeGreaterThan(0.05)
    expect(readers.eventLoopLagSeconds()).toBeLessThan(0.05)
    expect(readers.cpuSeconds()).toBeGreaterThan(0.05)
    expect(readers.residentMemoryBytes()).toBeGreaterThan(10_000_000)
    expect(Math.abs(readers.startTimeSeconds - (Date.now() / 1000 - process.uptime()))).toBeLessThan(5)
    readers.stop()
  })
})
