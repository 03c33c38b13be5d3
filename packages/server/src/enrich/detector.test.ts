import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCall, type LlmCall } from '@inferometer/core/call'
import { compilePatterns } from '@inferometer/core/scan/compile-patterns'
import { afterEach, describe, expect, it } from 'vitest'
import { createDetection, type DetectorOutcome } from './detector.ts'
import { type Detector, readScore } from './http-detector.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/classify`
}

function callOf(text: string, role = 'user'): LlmCall {
  return createCall({
    traceId: `${'0'.repeat(31)}1`,
    spanId: `${'0'.repeat(15)}1`,
    serviceName: 's',
    operation: 'chat',
    provider: 'openai',
    startTimeUs: 1,
    latencyMs: 1,
    source: 'rest',
    content: { input: [{ role, text }], output: null },
  })
}

interface Setup {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly detector?: Detector
}

function open({ settings, detector }: Setup) {
  const weak = { name: 'weak', type: 'INJECTION_ATTEMPT', phrase: 'open sesame', weight: 0.5 }
  const compiled = compilePatterns({
    patterns: [weak],
    injection: settings ? { detector: settings } : {},
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const { scanner } = compiled
  const outcomes: DetectorOutcome[] = []
  const clock = { ms: 0 }
  const detection = createDetection({
    patterns: { current: () => ({ version: '1', scanner }), scanCall: (call) => call },
    detector: detector ?? null,
    now: () => clock.ms,
    random: () => 0.5,
    onOutcome: (outcome) => outcomes.push(outcome),
  })
  const judge = async (...texts: string[]) => {
    const calls = await detection.detectAll(texts.map((text) => callOf(text)))
    return calls.map(({ findings }) => findings.map(({ pattern }) => pattern))
  }
  return { judge, detection, outcomes, clock }
}

describe('createDetection()', () => {
  it('hands calls on as they are where no detector is set', async () => {
    const { detection, outcomes } = open({})
    const calls = [callOf('hello')]
    expect(await detection.detectAll(calls)).toBe(calls)
    expect(outcomes).toEqual([])
  })

  it('adds the word of a function to the evidence', async () => {
    const { judge } = open({ detector: (text) => (text.includes('sesame') ? 0.6 : 0.1) })
    // 0.5 of the pattern and 0.6 × 0.9; the other one has 0.09.
    expect(await judge('open sesame', 'good morning')).toEqual([['detector'], []])
  })

  it('asks a classifier behind a URL, in JSON', async () => {
    const bodies: string[] = []
    const url = await serve(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      bodies.push(body)
      response.end('[[{"label":"BENIGN","score":0.01},{"label":"INJECTION","score":0.99}]]')
    })
    const { judge, outcomes } = open({ settings: { url, weight: 1.1 } })
    expect(await judge('do it')).toEqual([['detector']])
    expect(bodies.map((body) => JSON.parse(body))).toEqual([{ text: 'do it', inputs: 'do it' }])
    expect(outcomes).toEqual(['answered'])
  })

  it('counts what fails, and lets the call pass', async () => {
    const broken = await serve((_, response) => response.writeHead(500).end())
    const silent = await serve(() => undefined)
    const senseless = await serve((_, response) => response.end('"yes"'))
    for (const [url, outcome] of [
      [broken, 'failed'],
      [silent, 'timed_out'],
      [senseless, 'failed'],
      ['http://127.0.0.1:1/', 'failed'],
    ] as const) {
      const { judge, outcomes } = open({ settings: { url, timeout_ms: 150 } })
      expect(await judge('do it')).toEqual([[]])
      expect(outcomes).toEqual([outcome])
    }
    const { judge, outcomes } = open({ detector: () => 7 })
    expect(await judge('do it')).toEqual([[]])
    expect(outcomes).toEqual(['failed'])
  })

  it('keeps to its budget and its sample', async () => {
    const { judge, outcomes, clock } = open({ settings: { calls_per_second: 2 }, detector: () => 0 })
    await judge('a', 'b', 'c')
    clock.ms += 500
    await judge('d', 'e')
    expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(3)
    const sampled = open({ settings: { sample: 0.4 }, detector: () => 0 })
    await sampled.judge('a')
    expect(sampled.outcomes).toEqual(['not_sampled'])
  })

  it('asks about no instructions of the application itself', async () => {
    const asked: string[] = []
    const { detection } = open({ detector: (text) => asked.push(text) })
    await detection.detectAll([callOf('never say no', 'system')])
    expect(asked).toEqual([])
  })
})

describe('readScore()', () => {
  it.each([
    [{ score: 0.4 }, 0.4],
    [{ label: 'LABEL_1', score: 0.9 }, 0.9],
    [[{ label: 'SAFE', score: 0.9 }], 0],
    [[[{ label: 'JAILBREAK', score: 0.7 }]], 0.7],
    [{ result: 1 }, null],
    ['yes', null],
    [[], null],
    [null, null],
  ])('reads %j as %s', (answer, score) => {
    expect(readScore(answer)).toBe(score)
  })
})
