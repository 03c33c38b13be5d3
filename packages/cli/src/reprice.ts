/** `inferometer reprice`: what recorded calls would have cost. The server has the store, so it is asked. */
import { readFile } from 'node:fs/promises'
import type { Chosen } from './chosen.ts'
import { findAddresses, postServer } from './server-client.ts'

export interface RepriceFlags {
  readonly since: string
  readonly until?: string
  /** Path of a price file. */
  readonly prices?: string
  readonly json?: boolean
}

interface Sums {
  readonly calls: number
  readonly charged_usd_micro: number
  readonly repriced_usd_micro: number
}

interface Report {
  readonly price_version: string
  readonly total: Sums
  readonly models: readonly (Sums & {
    readonly service_name: string
    readonly provider: string
    readonly model: string
    readonly newly_priced_calls: number
    readonly no_longer_priced_calls: number
  })[]
}

export async function reprice(chosen: Chosen, flags: RepriceFlags): Promise<number> {
  const prices = flags.prices === undefined ? undefined : await readPrices(flags.prices)
  if (prices === null) return 1
  const { api } = await findAddresses(chosen)
  const body = { since: flags.since, until: flags.until, prices }
  const answer = await postServer(`${api}/v1/reprice`, body, chosen.apiKey)
  if (answer === null) {
    console.error(`No server answers at ${api}. Start one: inferometer start`)
    return 1
  }
  if (answer.status !== 200) {
    console.error(`Cannot reprice: ${messageOf(answer.body)}`)
    return 1
  }
  console.log(flags.json === true ? JSON.stringify(answer.body, null, 2) : toTable(answer.body as Report))
  return 0
}

async function readPrices(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    console.error(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

function messageOf(body: unknown): string {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : body
  const isNamed = typeof error === 'object' && error !== null && 'message' in error
  return isNamed ? String(error.message) : JSON.stringify(error)
}

function toTable({ price_version: version, total, models }: Report): string {
  const head = ['service', 'provider', 'model', 'calls', 'charged USD', 'repriced USD', 'difference USD', '']
  const rows = models.map((model) => [
    model.service_name,
    model.provider,
    model.model,
    String(model.calls),
    ...toUsd(model),
    toNote(model),
  ])
  const lines = [head, ...rows, ['total', '', '', String(total.calls), ...toUsd(total), '']]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const firstNumber = 3
  const table = lines.map((line) =>
    line
      .map((cell, column) =>
        column < firstNumber ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return [...table, '', `Prices: ${version}. Nothing was changed.`].join('\n')
}

const microPerUsd = 1e6

function toUsd({ charged_usd_micro: charged, repriced_usd_micro: repriced }: Sums): string[] {
  const difference = (repriced - charged) / microPerUsd
  const sign = difference > 0 ? '+' : ''
  return [(charged / microPerUsd).toFixed(6), (repriced / microPerUsd).toFixed(6), sign + difference.toFixed(6)]
}

function toNote({ newly_priced_calls: newly, no_longer_priced_calls: lost }: Report['models'][number]): string {
  return [newly > 0 && `${newly} had no price`, lost > 0 && `${lost} would have none`].filter(Boolean).join(', ')
}
