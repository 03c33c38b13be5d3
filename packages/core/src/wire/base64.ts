const table = makeTable()

function makeTable(): Uint8Array {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const made = new Uint8Array(256).fill(255)
  for (let i = 0; i < letters.length; i++) made[letters.charCodeAt(i)] = i
  return made
}

/** Standard base64; what is no base64 letter is left out. Several times faster than `atob` and a copy on Node 20. */
export function decodeBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let bitCount = 0
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const value = table[text.charCodeAt(i) & 0xff] ?? 255
    if (value === 255) continue
    bits = ((bits << 6) | value) & 0xffffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[length++] = bits >> bitCount
    }
  }
  return bytes.subarray(0, length)
}
