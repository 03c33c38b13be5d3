import { describe, expect, it } from 'vitest'
import type { Exchange, PieceSize } from './corpus.cases.ts'
import { compareExchange, hasCorpus, loadCorpus, lookUp, readPieces } from './corpus.cases.ts'
import { detectCall } from './detect.ts'
import { parseJson, toObject } from './json.ts'
import { withoutContent } from './read-answer.cases.ts'
import type { DetectedCall, ResponseParts } from './wire.ts'

/** Where the reader is right to differ from the recorded truth: `id field` or `api field`, and why. */
const exceptions = new Map<string, string>([
  [
    'gemini.interactions.aaecc2bb7f tool_calls',
    'the recorded truth overlooks the call that the stream holds (its finish reason says so)',
  ],
])

/** Every exchange is read twenty times. */
const timeoutMs = 60_000

const pieceSizes: readonly PieceSize[] = ['whole', 'event', 1, 7, 1400]

function detect({ recording }: Exchange): DetectedCall | null {
  const { method, url, headers, body, body_encoding: encoding } = recording.request
  return detectCall({ method, url: new URL(url), headers: lookUp(headers), body: encoding === undefined ? body : null })
}

function read(exchange: Exchange, call: DetectedCall, content: boolean, size: PieceSize): ResponseParts {
  const { status, headers } = exchange.recording.response
  return readPieces(call.openResponse({ status, headers: lookUp(headers) }, { content }), exchange.body, size)
}

class Tally {
  readonly #rows = new Map<string, Map<string, { agreed: number; total: number }>>()
  readonly misses: string[] = []

  add(row: string, column: string, agreed: boolean, detail: () => string): void {
    const columns = this.#rows.get(row) ?? new Map<string, { agreed: number; total: number }>()
    this.#rows.set(row, columns)
    const cell = columns.get(column) ?? { agreed: 0, total: 0 }
    columns.set(column, cell)
    cell.total++
    if (agreed) cell.agreed++
    else this.misses.push(detail())
  }

  /** One line per provider; a field stands there only with what disagrees. */
  toString(): string {
    const lines = [...this.#rows].map(([row, columns]) => {
      const total = [...columns.values()].reduce((sum, cell) => sum + cell.total, 0)
      const agreed = [...columns.values()].reduce((sum, cell) => sum + cell.agreed, 0)
      const wrong = [...columns].filter(([, cell]) => cell.agreed < cell.total)
      const named = wrong.map(([column, cell]) => `${column} ${cell.agreed}/${cell.total}`)
      return `${row.padEnd(16)} ${`${agreed}/${total}`.padStart(12)}  ${named.join(', ')}`
    })
    return lines.sort().join('\n')
  }
}

describe.skipIf(!hasCorpus())('recorded exchanges', () => {
  const exchanges = hasCorpus() ? loadCorpus() : []

  it('detectCall() finds every model call and nothing else', () => {
    const wrong = exchanges.filter((exchange) => (detect(exchange) === null) !== (exchange.truth.operation === 'other'))
    expect(wrong.map(({ truth }) => truth.id)).toEqual([])
  })

  it(
    'openResponse() gives what is recorded when the answer comes in pieces of any size',
    () => {
      const tally = new Tally()
      for (const exchange of exchanges) {
        const call = detect(exchange)
        if (call === null) continue
        const { truth } = exchange
        const whole = read(exchange, call, true, 'whole')
        for (const [field, expected, given] of compareExchange(truth, call, whole)) {
          const excepted = exceptions.has(`${truth.id} ${field}`) || exceptions.has(`${truth.api} ${field}`)
          const agreed = excepted || JSON.stringify(expected) === JSON.stringify(given)
          tally.add(
            truth.provider,
            field,
            agreed,
            () =>
              `${truth.id} ${field}: ${JSON.stringify(expected)?.slice(0, 150)} but ${JSON.stringify(given)?.slice(0, 150)}`,
          )
        }
        for (const size of pieceSizes) expect(read(exchange, call, true, size), truth.id).toEqual(whole)
      }
      console.log(tally.toString())
      expect(tally.misses).toEqual([])
    },
    timeoutMs,
  )

  it(
    'openResponse() gives the same without content, but for the content',
    () => {
      for (const exchange of exchanges) {
        const call = detect(exchange)
        if (call === null) continue
        const full = withoutContent(read(exchange, call, true, 'whole'))
        for (const size of pieceSizes) expect(read(exchange, call, false, size), exchange.truth.id).toEqual(full)
      }
    },
    timeoutMs,
  )

  it('readWhole() gives the same of a parsed answer, and keeps nothing that may be changed afterwards', () => {
    let count = 0
    for (const exchange of exchanges) {
      const call = detect(exchange)
      const { status, headers } = exchange.recording.response
      const value = parseJson(Buffer.from(exchange.body).toString('utf8'))
      if (call === null || call.streaming || toObject(value) === null) continue
      count += 1
      for (const content of [true, false]) {
        const expected = read(exchange, call, content, 'whole')
        const reader = call.openResponse({ status, headers: lookUp(headers) }, { content })
        const given = structuredClone(value)
        reader.readWhole(given)
        forget(given)
        expect(reader.end(), exchange.truth.id).toEqual(expected)
      }
    }
    expect(count).toBeGreaterThan(100)
  })
})

/** Takes everything out of a value, as an application may with what it was given. */
function forget(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    forget(Reflect.get(value, key))
    Reflect.deleteProperty(value, key)
  }
}

if (!hasCorpus()) console.log('Left out: recorded exchanges, as there is no shared folder beside the repository.')
