import type { CounterSeries } from '../counter.ts'

/** As Go's ParseFloat reads it, which is what every parser of these formats uses or follows. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

/**
 * The bound of a bucket, always with a decimal point. Prometheus writes it so from protobuf and, since version 3, from all
 * formats; writing it so in all of them lets a rule that names a bucket match whichever format was scraped.
 */
export function formatBound(bound: number): string {
  const text = formatNumber(bound)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** Exact: whole units and thousandths, which one double could not hold together. */
export function formatCounter({ total, parts }: CounterSeries): string {
  if (parts === 0) return String(total)
  return `${total}.${String(parts).padStart(3, '0').replace(/0+$/, '')}`
}
