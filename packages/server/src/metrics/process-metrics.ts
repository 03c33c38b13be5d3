import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { processMetrics } from '@inferometer/core/metrics'
import type { Registry } from './registry.ts'

export interface ProcessReaders {
  residentMemoryBytes(): number
  /** User and system together, since the start of the process. */
  cpuSeconds(): number
  /** The longest delay since the last time it was asked. */
  eventLoopLagSeconds(): number
  readonly startTimeSeconds: number
}

/** Shows the process at each scrape. */
export function createProcessMetrics(registry: Registry, readers: ProcessReaders): void {
  const residentMemory = registry.gauge(processMetrics.residentMemory)
  const cpu = registry.gauge(processMetrics.cpu)
  const startTime = registry.gauge(processMetrics.startTime)
  const eventLoopLag = registry.gauge(processMetrics.eventLoopLag)
  startTime.set([], readers.startTimeSeconds)
  registry.onCollect(() => {
    residentMemory.set([], readers.residentMemoryBytes())
    cpu.set([], readers.cpuSeconds())
    eventLoopLag.set([], readers.eventLoopLagSeconds())
  })
}

const lagResolutionMs = 10

/** The readers of this process. They hold a timer that does not keep the process alive, until `stop`. */
export function createProcessReaders(): ProcessReaders & { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: lagResolutionMs })
  delay.enable()
  return {
    residentMemoryBytes: () => process.memoryUsage.rss(),
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000_000
    },
    eventLoopLagSeconds: () => {
      // Each sample is the time between two timers, which includes the time they were set to.
      const lag = Math.max(0, delay.max / 1e9 - lagResolutionMs / 1000)
      delay.reset()
      return lag
    },
    startTimeSeconds: Math.round(performance.timeOrigin) / 1000,
    stop: () => void delay.disable(),
  }
}
