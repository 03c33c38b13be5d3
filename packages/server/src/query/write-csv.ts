/** RFC 4180; null is an empty field. */
export function writeCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(writeField).join(',')}\r\n`).join('')
}

function writeField(value: string | number | null): string {
  if (value === null) return ''
  // Quoted when empty as well: an empty text is not null.
  return typeof value === 'string' && (value === '' || /[",\r\n]/.test(value))
    ? `"${value.replaceAll('"', '""')}"`
    : String(value)
}
