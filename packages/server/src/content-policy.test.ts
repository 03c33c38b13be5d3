import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CallFields, createCall } from '@inferometer/core/call'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyContentPolicy } from './content-policy.ts'
import { createPatterns, type Patterns } from './enrich/patterns.ts'

let dir: string
let patterns: Patterns
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'inferometer-patterns-'))
  const file = join(dir, 'patterns.yaml')
  await writeFile(file, 'patterns:\n  - name: codeword\n    type: PII_STRUCTURAL\n    phrase: xyzzy\n')
  patterns = await createPatterns({ file, watch: false })
})
afterAll(async () => {
  patterns.close()
  await rm(dir, { recursive: true, force: true })
})

const guard = (policy: 'off' | 'redacted' | 'full') => ({ ...patterns, policy })

function callWith(fields: Partial<CallFields>) {
  return createCall({
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    serviceName: 's',
    operation: 'chat',
    provider: 'p',
    startTimeUs: 1,
    latencyMs: 1,
    source: 'rest',
    ...fields,
  })
}

const talkative = callWith({
  content: { input: [{ role: 'user', text: 'my xyzzy word' }], output: 'fine' },
  errorMessage: 'bad xyzzy',
  toolCalls: [{ id: '1', name: 'look', arguments: '{"q": "xyzzy"}' }],
})
const inPrompt = { kind: 'pii', pattern: 'codeword', start: 3, end: 8 }

describe('applyContentPolicy', () => {
  test('applyContentPolicy() scans the texts and drops them all when the policy is off', () => {
    const call = applyContentPolicy(talkative, guard('off'))
    expect(call).toMatchObject({ content: null, errorMessage: null })
    expect(call.findings).toContainEqual(inPrompt)
    expect(call.toolCalls).toEqual([{ id: '1', name: 'look', arguments: null }])
    expect(JSON.stringify(call)).not.toContain('xyzzy')
  })

  test('applyContentPolicy() masks every text when the policy is redacted', () => {
    const call = applyContentPolicy(talkative, guard('redacted'))
    expect(call.content).toEqual({ input: [{ role: 'user', text: 'my [CODEWORD] word' }], output: 'fine' })
    expect(call).toMatchObject({ errorMessage: 'bad [CODEWORD]' })
    expect(call.findings).toContainEqual(inPrompt)
    expect(JSON.stringify(call)).not.toContain('xyzzy')
  })

  test('applyContentPolicy() keeps every text when the policy is full', () => {
    const { findings, ...call } = applyContentPolicy(talkative, guard('full'))
    expect(findings).toContainEqual(inPrompt)
    expect(call).toEqual({ ...talkative, findings: undefined })
  })

  test('applyContentPolicy() leaves the findings of the sender, and calls without text as they are', () => {
    const found = { kind: 'injection', pattern: 'X', start: 0, end: 1 } as const
    expect(applyContentPolicy({ ...talkative, findings: [found] }, guard('off')).findings).toEqual([found])
    const silent = callWith({ findings: [found] })
    expect(applyContentPolicy(silent, guard('off'))).toBe(silent)
  })
})
