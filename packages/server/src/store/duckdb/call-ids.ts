/** Value of a hex digit by character code; 255 for what is none. Upper case is the same id. */
const digits = new Uint8Array(128).fill(255)
for (let value = 0; value < 16; value++) {
  digits[value.toString(16).charCodeAt(0)] = value
  digits[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/** Eight hex digits from `start` as an unsigned integer, or NaN. */
export function readHex32(text: string, start: number): number {
  let value = 0
  let wrong = 0
  for (let index = start; index < start + 8; index++) {
    const digit = digits[text.charCodeAt(index)] ?? 255
    wrong |= digit
    value = (value << 4) | digit
  }
  return wrong > 15 ? Number.NaN : value >>> 0
}
