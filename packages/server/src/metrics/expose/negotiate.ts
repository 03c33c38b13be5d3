import { type MediaRange, parseAccept } from './accept.ts'

export type ExpositionFormat = 'text' | 'openmetrics' | 'protobuf'

export interface Exposition {
  readonly format: ExpositionFormat
  readonly contentType: string
}

interface Offer {
  readonly format: ExpositionFormat
  readonly type: string
  /** The first is what is sent when none is asked for. */
  readonly versions: readonly string[]
}

/** What a wildcard takes the first of: a browser or curl is to see text. */
const offers: readonly Offer[] = [
  // 1.0.0 adds quoted names, which no metric of ours needs: the text is the same.
  { format: 'text', type: 'text/plain', versions: ['0.0.4', '1.0.0'] },
  { format: 'openmetrics', type: 'application/openmetrics-text', versions: ['1.0.0', '0.0.1'] },
  { format: 'protobuf', type: 'application/vnd.google.protobuf', versions: [] },
]
const protobufMessage = 'io.prometheus.client.MetricFamily'
/** Schemes that leave names as they are when they hold only letters, digits and underscores; `dots` doubles underscores. */
const idleEscapings = ['allow-utf-8', 'underscores', 'values']

/**
 * The format that the client likes best of those there are. A client that likes none of them, or says nothing, gets text:
 * a scrape that shows something is worth more than a 406.
 */
export function negotiateFormat(acceptHeader: string | undefined): Exposition {
  const ranges = parseAccept(acceptHeader ?? '*/*')
  const refused = ranges.filter((range) => range.quality === 0)
  const isRefused = (offer: Offer) => refused.some((range) => range.type === offer.type && matches(range, offer))
  for (const range of ranges) {
    if (range.quality === 0) break
    const offer = offers.find((candidate) => matches(range, candidate) && !isRefused(candidate))
    if (offer !== undefined) return { format: offer.format, contentType: contentTypeOf(offer, range) }
  }
  return { format: 'text', contentType: 'text/plain; version=0.0.4; charset=utf-8' }
}

function matches({ type, parameters }: MediaRange, offer: Offer): boolean {
  if (type === '*/*' || type === `${offer.type.split('/')[0]}/*`) return true
  if (type !== offer.type) return false
  if (offer.format === 'protobuf')
    return parameters.get('proto') === protobufMessage && parameters.get('encoding') === 'delimited'
  const version = parameters.get('version')
  return version === undefined || offer.versions.includes(version)
}

function contentTypeOf(offer: Offer, { type, parameters }: MediaRange): string {
  const asked = type === offer.type ? parameters : new Map<string, string>()
  const escaping = asked.get('escaping')
  const end = escaping === undefined ? '' : `; escaping=${idleEscapings.includes(escaping) ? escaping : 'underscores'}`
  if (offer.format === 'protobuf') return `${offer.type}; proto=${protobufMessage}; encoding=delimited${end}`
  return `${offer.type}; version=${asked.get('version') ?? offer.versions[0]}; charset=utf-8${end}`
}
