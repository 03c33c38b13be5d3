import '../config/config.css'
import { useState } from 'react'
import { getJson, postJson } from '../api.ts'
import { useNow } from '../clock.ts'
import type { Pattern, PatternsAnswer, Price, PricesAnswer } from '../config/answers.ts'
import { FileState } from '../config/file-state.tsx'
import { ErrorState } from '../parts/error-state.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Unknown } from '../parts/value.tsx'
import { type Answer, useAnswer } from '../use-answer.ts'

/** The prices and the patterns in force, and where they come from. Both are shown at once, or the second would be pushed down. */
export default function PricesPage() {
  const now = useNow()
  const [reads, setReads] = useState(0)
  const prices = useAnswer(`prices ${now} ${reads}`, (signal) => getJson<PricesAnswer>('/v1/metrics/prices', signal))
  const patterns = useAnswer(`patterns ${now}`, (signal) => getJson<PatternsAnswer>('/v1/patterns', signal))
  const isWaiting = [prices, patterns].some(({ data, error }) => data === null && error === null)
  return (
    <div className="config-page">
      <header className="page-head">
        <h1>Prices and patterns</h1>
        <p>What is in force now. A good edit of a file is live within a second; a bad one is refused and shown here.</p>
      </header>
      {!isWaiting && (
        <>
          <Prices answer={prices} onReload={() => setReads(reads + 1)} />
          <Patterns answer={patterns} />
        </>
      )}
    </div>
  )
}

const shownAtMost = 100

function Prices({ answer, onReload }: { answer: Answer<PricesAnswer>; onReload(): void }) {
  const [typed, setTyped] = useState('')
  const { data, error, retry } = answer
  if (error !== null) return <ErrorState what="Prices" error={error} onRetry={retry} />
  if (data === null) return null
  const words = typed.toLowerCase().split(/\s+/)
  const found = data.prices.filter(({ model, provider, aliases, origin }) => {
    const text = `${model} ${provider} ${origin === 'file' ? 'file' : 'catalogue'} ${aliases.join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const fromFile = data.prices.filter(({ origin }) => origin === 'file').length
  // A file that is refused is an answer as well: it is in what is loaded next.
  const reload = () =>
    postJson('/v1/metrics/prices/reload', {})
      .catch(() => undefined)
      .then(onReload)
  return (
    <section className="card" aria-label="Prices">
      <h2>Prices</h2>
      <FileState status={data} without="none: the bundled catalogue alone">
        <button type="button" className="button" onClick={reload}>
          Read the file again
        </button>
      </FileState>
      <p className="hint">
        {fromFile} from the file, which come first, and {data.prices.length - fromFile} from the bundled catalogue. A
        call is priced by the model that answered, else the one asked for, at the price in force when it began.
      </p>
      <input
        type="search"
        className="config-search"
        aria-label="Search prices"
        placeholder="Model or provider, or file"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      <Table
        caption="Prices in force"
        columns={priceColumns}
        rows={found.slice(0, shownAtMost)}
        rowKey={({ provider, model, version, effective_from, origin }) =>
          `${origin} ${provider} ${model} ${version} ${effective_from}`
        }
        empty={<p className="hint">No price matches.</p>}
      />
      {found.length > shownAtMost && (
        <p className="hint">
          The first {shownAtMost} of {found.length.toLocaleString('en-US')}; search for the others.
        </p>
      )}
    </section>
  )
}

const perMillion = (usd: number | null) =>
  usd === null ? (
    <Unknown why="No price of its own: billed at the input price" />
  ) : (
    `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`
  )

const priceColumns: readonly Column<Price>[] = [
  {
    id: 'model',
    title: 'Model',
    cell: ({ model, aliases }) => <span title={aliases.join(', ') || undefined}>{model}</span>,
    sortBy: ({ model }) => model,
  },
  { id: 'provider', title: 'Provider', cell: ({ provider }) => provider, sortBy: ({ provider }) => provider },
  {
    id: 'in',
    title: 'Input /M',
    align: 'right',
    cell: (price) => perMillion(price.input_price_per_1m),
    sortBy: (price) => price.input_price_per_1m,
  },
  {
    id: 'out',
    title: 'Output /M',
    align: 'right',
    cell: (price) => perMillion(price.output_price_per_1m),
    sortBy: (price) => price.output_price_per_1m,
  },
  {
    id: 'cached',
    title: 'Cached /M',
    align: 'right',
    cell: (price) => perMillion(price.cached_input_price_per_1m),
    sortBy: (price) => price.cached_input_price_per_1m,
  },
  {
    id: 'tiers',
    title: 'Long context',
    cell: ({ tiers }) =>
      tiers.length === 0 ? (
        <span className="faint">one price</span>
      ) : (
        tiers
          .map((tier) => `above ${tier.above_input_tokens.toLocaleString('en-US')}: $${tier.input_price_per_1m}`)
          .join(', ')
      ),
  },
  { id: 'version', title: 'Version', cell: ({ version }) => version },
  {
    id: 'from',
    title: 'In force from',
    cell: ({ effective_from: from }) => from?.slice(0, 10) ?? <span className="faint">always</span>,
  },
  {
    id: 'origin',
    title: 'Source',
    cell: ({ origin }) => (origin === 'file' ? 'file' : <span className="faint">catalogue</span>),
  },
]

function Patterns({ answer: { data, error, retry } }: { answer: Answer<PatternsAnswer> }) {
  if (error !== null) return <ErrorState what="Patterns" error={error} onRetry={retry} />
  if (data === null) return null
  return (
    <section className="card" aria-label="Patterns">
      <h2>Patterns</h2>
      <FileState status={data} without="none: nothing is looked for" />
      <Table
        caption="Patterns in force"
        columns={patternColumns}
        rows={data.patterns}
        rowKey={({ name }) => name}
        empty={
          <p className="hint">
            No pattern is in force. Put patterns.yaml into the configuration folder and start the server again.
          </p>
        }
      />
    </section>
  )
}

const patternColumns: readonly Column<Pattern>[] = [
  { id: 'name', title: 'Pattern', cell: ({ name }) => name, sortBy: ({ name }) => name },
  {
    id: 'type',
    title: 'Looks for',
    cell: ({ type }) => (type === 'PII_STRUCTURAL' ? 'personal data' : 'injection'),
    sortBy: ({ type }) => type,
  },
  {
    id: 'what',
    title: 'Expression',
    cell: ({ regex, phrases }) => (
      <code className="expression" title={regex ?? phrases.join('\n')}>
        {regex ?? phrases.join(' · ')}
      </code>
    ),
  },
  {
    id: 'validate',
    title: 'Checked by',
    cell: ({ validate }) => validate ?? <span className="faint">nothing more</span>,
  },
  {
    id: 'weight',
    title: 'Weight',
    align: 'right',
    cell: ({ type, weight }) => (type === 'PII_STRUCTURAL' ? <Unknown why="Personal data is found or not" /> : weight),
  },
  {
    id: 'examples',
    title: 'Example',
    cell: ({ examples: { match, no_match: noMatch } }) => (
      <span
        className="expression"
        title={[...match.map((text) => `finds: ${text}`), ...noMatch.map((text) => `does not find: ${text}`)].join(
          '\n',
        )}
      >
        {match[0] ?? <span className="faint">none</span>}
        {match.length + noMatch.length > 1 && <span className="faint"> +{match.length + noMatch.length - 1}</span>}
      </span>
    ),
  },
]
