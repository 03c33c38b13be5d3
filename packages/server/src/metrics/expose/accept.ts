/** The Accept header, as RFC 9110 §12.5.1 has it. */

export interface MediaRange {
  /** Lower case, such as `text/plain`. */
  readonly type: string
  /** Names in lower case, without `q`. */
  readonly parameters: ReadonlyMap<string, string>
  /** 0 to 1; 0 means "not this". */
  readonly quality: number
}

const element = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g
const parameter = /;\s*([^\s;=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g

/** Best first: by quality, then the more specific, then as sent. What cannot be read is left out. */
export function parseAccept(header: string): MediaRange[] {
  const ranges = (header.match(element) ?? []).map(parseRange).filter((range) => range.type.includes('/'))
  return ranges.sort((a, b) => b.quality - a.quality || specificity(b) - specificity(a))
}

function parseRange(text: string): MediaRange {
  const semicolon = text.indexOf(';')
  const end = semicolon < 0 ? text.length : semicolon
  const type = text.slice(0, end).trim().toLowerCase()
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, plain = ''] of text.slice(end).matchAll(parameter))
    parameters.set(name.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'))
  const quality = Number(parameters.get('q') ?? 1)
  parameters.delete('q')
  return { type, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

function specificity({ type, parameters }: MediaRange): number {
  if (type === '*/*') return 0
  return type.endsWith('/*') ? 1 : 2 + parameters.size
}
