import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { type Config, readEnvironment, resolveConfig, type StartOptions, safetyVariables } from './config.ts'
import { type CallContext, type ContextStore, createFlowContext } from './context.ts'
import type { CountDrop, Spool } from './export/exporter.ts'
import { createNodeTransport } from './export/node-transport.ts'
import { openSpool } from './export/spool.ts'
import { reportOnStderr } from './report.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import type * as safetyEntry from './safety-node.ts'
import type { Safety } from './safety-policy.ts'
import { createScanBeside, type ScanBeside } from './scan-beside.ts'
import { findServiceName } from './service-name.ts'
import { shareContext } from './state.ts'

export const createNodeContext = (): ContextStore => createFlowContext(() => new AsyncLocalStorage<CallContext>())

export function resolveNodeConfig(options: StartOptions): Config {
  const config = resolveConfig(options, readEnvironment(), findServiceName(process.argv[1], process.cwd()))
  if (!config.scanBeside || config.disabled) return config
  const safety = createWantedSafety(config)
  return safety === null ? config : { ...config, safety, scanBeside: false }
}

/** What the environment asks for, and what masks where masked texts are asked for and nothing is given that does. */
function createWantedSafety({ content, redact }: Config): Safety | null {
  const environment = readEnvironment()
  const named = Object.values(safetyVariables).find((variable) => environment[variable])
  if (named === undefined && (content !== 'redacted' || redact !== null)) return null
  try {
    return loadSafety().createSafety()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `Cannot start Inferometer: ${named ?? 'content: redacted'} needs @inferometer/sdk/safety: ${reason}`,
    )
  }
}

/** The scanner and its patterns are three times as large as all the rest, so they are loaded where they are asked for. */
function loadSafety(): typeof safetyEntry {
  return createRequire(import.meta.url)('@inferometer/sdk/safety') as typeof safetyEntry // this package's own entry
}

/** The instrument on Node, without hooks, ending well with the process. */
export function createNodeRuntime(config: Config): Runtime {
  const transport = createNodeTransport(config)
  const runtime = createRuntime({
    config,
    context: shareContext(createNodeContext),
    transport: transport.send,
    closeTransport: transport.close,
    openSpool: (onDrop) => openNodeSpool(config, onDrop),
    defer: setImmediate,
    report: reportOnStderr,
    scanBeside: openScanBeside(config),
  })
  runtime.onShutdown(flushAtExit(runtime))
  return runtime
}

/** What is sent as it is, the server looks through. */
function openScanBeside({ scanBeside, content }: Config): ScanBeside | null {
  return scanBeside && content !== 'full' ? createScanBeside(reportOnStderr) : null
}

function openNodeSpool(config: Config, onDrop: CountDrop): Spool | null {
  if (config.spoolDir === false) return null
  const dir = config.spoolDir ?? defaultSpoolDir(config.serviceName)
  const spool = openSpool({ dir, maxBytes: config.spoolBytes, onDrop })
  if (!('problem' in spool)) return spool
  reportOnStderr(`no spool, calls are lost while the server is away: ${spool.problem}`)
  return null
}

function defaultSpoolDir(serviceName: string): string {
  const user = process.getuid?.() ?? 'user'
  return path.join(os.tmpdir(), `.inferometer-${user}`, 'spool', serviceName.replace(/[^a-zA-Z0-9._-]+/g, '-'))
}

const exitFlushMs = 2000

/**
 * When the program has nothing left to do, what waits is sent, for two seconds at most; what is still there when the
 * process ends goes to the spool. Returns the function that takes the listeners away.
 */
function flushAtExit(runtime: Runtime): () => void {
  const isIdle = () => {
    const { queued, held, open } = runtime.stats()
    return queued === 0 && held === 0 && open === 0
  }
  const onBeforeExit = () => {
    if (isIdle()) return
    // Not unref'd: this is what keeps the process for the flush.
    const deadline = setTimeout(() => runtime.spillNow(), exitFlushMs)
    runtime.endCalls()
    void runtime.flush().finally(() => {
      clearTimeout(deadline)
      // What could not be sent now would bring us here again, and again.
      runtime.spillNow()
    })
  }
  const onExit = () => runtime.spillNow()
  process.on('beforeExit', onBeforeExit)
  process.on('exit', onExit)
  return () => {
    process.off('beforeExit', onBeforeExit)
    process.off('exit', onExit)
  }
}
