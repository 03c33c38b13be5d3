/** What a finding is of, in words. */
export interface Kind {
  readonly word: string
  readonly tone: 'warn' | 'bad' | 'neutral'
}

const kinds: Readonly<Record<string, Kind>> = {
  pii: { word: 'personal data', tone: 'warn' },
  injection: { word: 'injection attempt', tone: 'bad' },
  shadow: { word: 'tried out', tone: 'neutral' },
}

export const kindOf = (type: string): Kind => kinds[type] ?? { word: type, tone: 'neutral' }
