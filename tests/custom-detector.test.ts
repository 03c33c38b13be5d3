/** The detector of examples/custom-detector, asked by a server: from a span to the counter. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type App, createApp } from '../packages/server/src/app.ts'
import { parseMetrics, sumSamples } from './harness/metrics-text.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
let child: ChildProcess
let app: App
let folder: string

beforeAll(async () => {
  child = spawn(process.execPath, [join(root, 'examples/custom-detector/detector.js')], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.stdout?.on('data', (chunk: Buffer) => resolve(/http:\S+/.exec(String(chunk))?.[0] ?? ''))
  })
  folder = await mkdtemp(join(tmpdir(), 'inferometer-detector-'))
  const shipped = await readFile(join(root, 'config/patterns.yaml'), 'utf8')
  const detector = `  detector: { url: '${url}', timeout_ms: 5000 }`
  await writeFile(join(folder, 'patterns.yaml'), shipped.replace(/\ninjection:\n/, `\ninjection:\n${detector}\n`))
  app = await createApp({ logLevel: 'silent', configDir: folder, dataDir: join(folder, 'data') })
})

afterAll(async () => {
  await app?.close()
  child?.kill()
  await rm(folder, { recursive: true, force: true })
})

function span(spanId: string, text: string) {
  return {
    name: 'chat gpt-4o',
    trace_id: '1'.repeat(32),
    span_id: spanId,
    start_time: '2026-01-02T03:04:05Z',
    end_time: '2026-01-02T03:04:06Z',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]),
    },
  }
}

test('a detector of your own makes a prompt an injection that no pattern knows', async () => {
  const payload = { spans: [span('a'.repeat(16), 'Ahoy, or walk the plank!'), span('b'.repeat(16), 'Good morning')] }
  const answer = await app.api.inject({ method: 'POST', url: '/v1/spans', payload })
  expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)])
  const { body } = await app.metrics.inject('/metrics')
  const samples = parseMetrics(body)
  expect(sumSamples(samples, 'inferometer_detector_calls_total', { outcome: 'answered' })).toBe(2)
  expect(sumSamples(samples, 'llm_injection_attempts_total', {})).toBe(1)
  expect(sumSamples(samples, 'llm_findings_total', { kind: 'injection', pattern: 'detector' })).toBe(1)
})
