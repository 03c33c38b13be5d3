/** A strict reader of the two text formats, for tests: every line must be one it knows, in an order that is allowed. */

export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** As written. */
  readonly value: string
  readonly exemplar: { readonly labels: Readonly<Record<string, string>>; value: number; seconds: number } | undefined
}

export interface ParsedFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: ParsedSample[]
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  prometheus_counter: [''],
  openmetrics_counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
}
const numberForm = /^(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|-\d.*|\+Inf|-Inf|NaN)$/

export function parseText(text: string, format: 'prometheus' | 'openmetrics'): ParsedFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const lines = text.slice(0, -1).split('\n')
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('no # EOF at the end')
  const families: ParsedFamily[] = []
  while (lines.length > 0) families.push(parseFamily(lines, format))
  if (new Set(families.map(({ name }) => name)).size !== families.length) throw new Error('a family comes twice')
  return families
}

function parseFamily(lines: string[], format: string): ParsedFamily {
  const help = /^# HELP ([a-zA-Z_:][\w:]*) (.*)$/.exec(lines.shift() ?? '')
  const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(lines.shift() ?? '')
  if (help === null || type === null || help[1] !== type[1])
    throw new Error('a family does not begin with HELP and TYPE')
  const [, name = '', kind = ''] = type
  const allowed = (suffixes[`${format}_${kind}`] ?? suffixes[kind] ?? []).map((suffix) => name + suffix)
  const samples: ParsedSample[] = []
  while (lines[0] !== undefined && !lines[0].startsWith('#')) {
    const sample = parseSample(lines.shift() ?? '')
    if (!allowed.includes(sample.name)) throw new Error(`${sample.name} is no sample of ${name}`)
    if (sample.exemplar && (format === 'prometheus' || !/_(total|bucket)$/.test(sample.name)))
      throw new Error(`${sample.name} may have no exemplar`)
    samples.push(sample)
  }
  const keys = samples.map((sample) => JSON.stringify([sample.name, Object.entries(sample.labels).sort()]))
  if (new Set(keys).size !== keys.length) throw new Error(`a sample of ${name} comes twice`)
  return { name, type: kind, help: unescapeText(help[2] ?? '', format === 'openmetrics' ? '\\n"' : '\\n'), samples }
}

function parseSample(line: string): ParsedSample {
  const name = /^[a-zA-Z_:][\w:]*/.exec(line)?.[0] ?? ''
  const [labels, afterLabels] = parseLabels(line, name.length)
  const [value, exemplarText] = line.slice(afterLabels).split(' # ')
  if (value?.[0] !== ' ' || !numberForm.test(value.slice(1))) throw new Error(`no value: ${line}`)
  return { name, labels, value: value.slice(1), exemplar: parseExemplar(exemplarText) }
}

function parseExemplar(text: string | undefined): ParsedSample['exemplar'] {
  if (text === undefined) return undefined
  const [labels, end] = parseLabels(text, 0)
  const numbers = /^ (\S+) (\d+\.\d{3})$/.exec(text.slice(end))
  if (numbers === null) throw new Error(`no exemplar: ${text}`)
  return { labels, value: Number(numbers[1]), seconds: Number(numbers[2]) }
}

function parseLabels(line: string, start: number): [Record<string, string>, number] {
  const labels: Record<string, string> = {}
  if (line[start] !== '{') return [labels, start]
  const pair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"([,}])/y
  pair.lastIndex = start + 1
  for (;;) {
    const match = pair.exec(line)
    if (match === null) throw new Error(`labels cannot be read: ${line}`)
    const [, name = '', value = '', end] = match
    if (Object.hasOwn(labels, name)) throw new Error(`${name} comes twice: ${line}`)
    labels[name] = unescapeText(value, '\\n"')
    if (end === '}') return [labels, pair.lastIndex]
  }
}

function unescapeText(text: string, known: string): string {
  return text.replace(/\\(.?)/g, (_, character: string) => {
    if (character === '' || !known.includes(character)) throw new Error(`\\${character} is no escape here`)
    return character === 'n' ? '\n' : character
  })
}
