import { type CallFields, createCall, type Finding } from '@inferometer/core/call'
import { describe, expect, test } from 'vitest'
import { applyContentPolicy } from './content-policy.ts'

/** Finds the word `secret` as personal data. */
function scan(text: string): Finding[] {
  const start = text.indexOf('secret')
  return start === -1 ? [] : [{ kind: 'pii', pattern: 'WORD', start, end: start + 6 }]
}

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
  content: { input: [{ role: 'user', text: 'my secret word' }], output: 'your secret word' },
  errorMessage: 'bad secret',
  toolCalls: [{ id: '1', name: 'look', arguments: '{"q":"secret"}' }],
})
const finding = { kind: 'pii', pattern: 'WORD', start: 3, end: 9 }

describe('applyContentPolicy', () => {
  test('applyContentPolicy() scans the prompt and drops every text when the policy is off', () => {
    const call = applyContentPolicy(talkative, 'off', scan)
    expect(call).toMatchObject({ content: null, errorMessage: null, findings: [finding] })
    expect(call.toolCalls).toEqual([{ id: '1', name: 'look', arguments: null }])
    expect(JSON.stringify(call)).not.toContain('secret')
  })

  test('applyContentPolicy() masks every text when the policy is redacted', () => {
    const call = applyContentPolicy(talkative, 'redacted', scan)
    expect(call.content).toEqual({ input: [{ role: 'user', text: 'my [WORD] word' }], output: 'your [WORD] word' })
    expect(call).toMatchObject({ errorMessage: 'bad [WORD]', findings: [finding] })
    expect(JSON.stringify(call)).not.toContain('secret')
  })

  test('applyContentPolicy() keeps every text when the policy is full', () => {
    expect(applyContentPolicy(talkative, 'full', scan)).toEqual({ ...talkative, findings: [finding] })
  })

  test('applyContentPolicy() leaves the findings of the sender, and calls without text as they are', () => {
    const found = { ...finding, kind: 'injection', pattern: 'X' } as const
    expect(applyContentPolicy({ ...talkative, findings: [found] }, 'off', scan).findings).toEqual([found])
    const silent = callWith({ findings: [found] })
    expect(applyContentPolicy(silent, 'off', scan)).toBe(silent)
  })
})
