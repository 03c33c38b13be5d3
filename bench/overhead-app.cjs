// One application of sdk-overhead: the openai client under one instrumentation, or none. Forked with the name of the variant
// and the server's address; runs a round of calls when told to, one call after the other, and answers with what each took.
// CommonJS, because that is where every one of the instrumentations works.
const { performance } = require('node:perf_hooks')

const [variant, address] = process.argv.slice(2)

function instrumentWithOtel(instrumentation) {
  const { NodeTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-node')
  const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto')
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${address}/v1/traces` }), {
    scheduledDelayMillis: 1_000,
    maxQueueSize: 20_000,
  })
  const provider = new NodeTracerProvider({ spanProcessors: [processor] })
  provider.register()
  instrumentation.setTracerProvider(provider)
  instrumentation.setMeterProvider(require('@opentelemetry/api').metrics.getMeterProvider())
  instrumentation.enable()
  return () => provider.forceFlush()
}

function watch(options) {
  const { start } = require('@inferometer/sdk')
  const handle = start({ endpoint: address, serviceName: 'bench', spoolDir: false, ...options })
  return () => handle.flush()
}

const variants = {
  none: () => async () => undefined,
  again: () => async () => undefined,
  inferometer: () => watch({}),
  // Without the thread that looks through prompts, as the others are.
  'inferometer, safety off': () => watch({ safety: false }),
  traceloop() {
    const { OpenAIInstrumentation } = require('@traceloop/instrumentation-openai')
    return instrumentWithOtel(new OpenAIInstrumentation({ traceContent: false }))
  },
  openinference() {
    const { OpenAIInstrumentation } = require('@arizeai/openinference-instrumentation-openai')
    return instrumentWithOtel(new OpenAIInstrumentation({ traceConfig: { hideInputs: true, hideOutputs: true } }))
  },
  opentelemetry() {
    const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai')
    return instrumentWithOtel(new OpenAIInstrumentation())
  },
}

const flush = variants[variant]()
const OpenAI = require('openai')
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: 'x'.repeat(8), maxRetries: 0 })
const messages = [{ role: 'user', content: 'Say something.' }]
const model = 'gpt-4o-mini'

async function askWhole() {
  await client.chat.completions.create({ model, messages })
  return null
}

async function askStream() {
  const started = performance.now()
  let firstMs = null
  const stream_options = { include_usage: true }
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true, stream_options }))
    if (firstMs === null && chunk.choices[0]?.delta.content) firstMs = performance.now() - started
  return firstMs
}

async function runRound({ kind, calls }) {
  const ask = kind === 'stream' ? askStream : askWhole
  const walls = []
  const firsts = []
  const before = process.cpuUsage()
  for (let i = 0; i < calls; i++) {
    const started = performance.now()
    const firstMs = await ask()
    walls.push((performance.now() - started) * 1_000)
    if (firstMs !== null) firsts.push(firstMs * 1_000)
  }
  await flush()
  const { user, system } = process.cpuUsage(before)
  return { walls, firsts, cpuUs: (user + system) / calls }
}

process.on('message', async (round) => process.send(await runRound(round)))
process.on('disconnect', () => process.exit())
process.send('ready')
