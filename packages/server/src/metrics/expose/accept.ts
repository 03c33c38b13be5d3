/** The Accept header, as RFC 9110 §12.5.1 has it. */

export interface MediaRange {
  /** Lower case, such as `text/plain`. */
  readonly type: string
  /** Names in lower case, without `q`. */
  readonly parameters: ReadonlyMap<string, string>
  /** 0 to 1; 0 means "not this". */
  readonly quality: number
}

/** Best first: by quality, then the more specific, then as sent. What cannot be read is left out. */
export function parseAccept(header: string): MediaRange[] {
  const ranges = splitUnquoted(header, ',')
    .map(parseRange)
    .filter((range) => range.type.includes('/'))
  return ranges.sort((a, b) => b.quality - a.quality || specificity(b) - specificity(a))
}

function parseRange(text: string): MediaRange {
  const [type = '', ...pairs] = splitUnquoted(text, ';')
  const parameters = new Map<string, string>()
  for (const pair of pairs) {
    const [name = '', ...value] = pair.split('=')
    parameters.set(name.trim().toLowerCase(), unquote(value.join('=').trim()))
  }
  const quality = Number(parameters.get('q') ?? 1)
  parameters.delete('q')
  return { type: type.trim().toLowerCase(), parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

/** One pass, since a regular expression that knows quotes starts anew at every quote that is never closed. */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted && character === '\\') i += 1
    else if (!isQuoted && character === separator) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

function unquote(value: string): string {
  return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}

function specificity({ type, parameters }: MediaRange): number {
  if (type === '*/*') return 0
  return type.endsWith('/*') ? 1 : 2 + parameters.size
}
