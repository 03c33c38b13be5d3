/** The course of a stat, without axes: when it moved, not by how much. */
export function Sparkline({ values }: { readonly values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null)
  const greatest = Math.max(...known)
  if (known.length < 3 || !(greatest > 0)) return null
  const points = values.flatMap((value, index) =>
    value === null ? [] : [`${round((index / (values.length - 1)) * 100)},${round(22 - (value / greatest) * 20)}`],
  )
  return (
    <svg className="sparkline" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  )
}

const round = (value: number) => Math.round(value * 100) / 100
