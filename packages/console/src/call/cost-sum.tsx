import { type Call, costUsd, whyNoCost } from '../calls/call.ts'
import { formatCount, formatUsd, formatUsdExactly } from '../numbers.ts'
import { ErrorState } from '../parts/error-state.tsx'
import type { Answer } from '../use-answer.ts'

interface Part {
  readonly kind: string
  readonly quantity: number
  readonly price_usd: number
  readonly cost_usd_micro: number
}

export interface CostAnswer {
  readonly recorded: { readonly cost_usd_micro: number | null; readonly price_version: string | null }
  readonly computed: {
    readonly cost_usd_micro: number
    readonly price_version: string
    readonly origin: 'file' | 'bundled'
    readonly model: string
    readonly provider: string
    readonly effective_from: string | null
    readonly parts: readonly Part[]
  } | null
}

const kindWords: Readonly<Record<string, string>> = {
  input: 'in',
  cache_read: 'cached',
  cache_write: 'written to cache',
  cache_write_1h: 'written to cache for an hour',
  output: 'out',
  request: 'request',
}

const hasUsage = (call: Call): boolean => call.prompt_tokens !== null || call.completion_tokens !== null

/** The sum written out: tokens × price, and which price that was. */
export function CostSum({ call, answer }: { readonly call: Call; readonly answer: Answer<CostAnswer> }) {
  const { data, error, retry } = answer
  const recorded = costUsd(call)
  if (error !== null) return <ErrorState what="The sum" error={error} onRetry={retry} />
  return (
    <>
      <p className="cost-total" title={formatUsdExactly(recorded)}>
        {recorded === null ? 'Not priced' : formatUsd(recorded)}
        {recorded !== null && <span className="faint"> {formatUsdExactly(recorded)}</span>}
      </p>
      {recorded === null && (
        <p className="hint">
          {whyNoCost(call)}.{' '}
          {data?.computed || !hasUsage(call)
            ? ''
            : 'Add the model to model_prices.yaml; calls that come then are priced.'}
        </p>
      )}
      {data !== null && <Sum answer={data} />}
      {call.reported_cost_usd_micro !== null && (
        <p className="hint">
          The sender reported {formatUsdExactly(call.reported_cost_usd_micro / 1_000_000)}; it is kept beside, not
          counted.
        </p>
      )}
    </>
  )
}

function Sum({ answer: { recorded, computed } }: { readonly answer: CostAnswer }) {
  if (recorded.price_version === null && recorded.cost_usd_micro !== null)
    return <p className="hint">The sender gave this cost; it wins over the price table.</p>
  if (computed === null) return null
  const differs = recorded.cost_usd_micro !== computed.cost_usd_micro
  return (
    <>
      <table className="cost-parts">
        <caption className="hidden-text">Tokens times price</caption>
        <tbody>
          {computed.parts.map((part) => (
            <tr key={`${part.kind} ${part.price_usd}`}>
              <td className="right">{formatCount(part.quantity)}</td>
              <td>{kindWords[part.kind] ?? part.kind}</td>
              <td className="faint">×</td>
              <td>{part.kind === 'request' ? formatUsd(part.price_usd) : `$${part.price_usd.toFixed(2)}/M`}</td>
              <td className="faint">=</td>
              <td className="right">{formatUsdExactly(part.cost_usd_micro / 1_000_000)}</td>
            </tr>
          ))}
          <tr className="total">
            <td colSpan={5}>{differs ? 'By the prices in force now' : 'Total'}</td>
            <td className="right">{formatUsdExactly(computed.cost_usd_micro / 1_000_000)}</td>
          </tr>
        </tbody>
      </table>
      <p className="hint">
        Price of {computed.model}, {computed.provider}, version {computed.price_version},{' '}
        {computed.effective_from === null ? '' : `in force since ${computed.effective_from.slice(0, 10)}, `}
        {computed.origin === 'file' ? 'from model_prices.yaml' : 'from the bundled catalogue'}.
        {recorded.cost_usd_micro !== null &&
          differs &&
          ` The call was recorded with price version ${recorded.price_version}; a new price does not rewrite it.`}
      </p>
    </>
  )
}
