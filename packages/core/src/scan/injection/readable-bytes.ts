/** Whether bytes are text that somebody could read, found out before any text is made of them: most that are asked are not. */

/** Of ten. */
const readableMin = 9

/** Nine tenths of what a lenient UTF-8 decoder would make of them are letters, spaces and marks. */
export function areReadable(bytes: Uint8Array, length: number): boolean {
  // A decoder leaves a byte order mark out.
  let at = length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const spoiltMax = ((10 - readableMin) * (length - at)) / 10
  let units = 0
  let readable = 0
  while (at < length) {
    const byte = bytes[at] ?? 0
    if (byte < 0x80) {
      at++
      units++
      if ((byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13) readable++
    } else {
      const size = sequenceLength(bytes, at, length)
      at += Math.abs(size)
      units += size === 4 ? 2 : 1
      // The first 33 places behind ASCII are controls and a space.
      if (size > 2 || (size === 2 && (byte > 0xc2 || (bytes[at - 1] ?? 0) > 0xa0))) readable += size === 4 ? 2 : 1
      if (size === 3 && byte === 0xef && bytes[at - 2] === 0xbf && bytes[at - 1] === 0xbd) readable--
    }
    if (units - readable > spoiltMax) return false
  }
  return units > 0 && readable * 10 >= units * readableMin
}

/** Bytes of the character at `at`; below zero: bytes that a decoder takes for one broken character. */
function sequenceLength(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] ?? 0
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (size === 0) return -1
  // Neither longer than need be, nor halves of pairs, nor beyond Unicode.
  let least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  let most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  for (let done = 1; done < size; done++) {
    const next = at + done < length ? (bytes[at + done] ?? 0) : 0
    if (next < least || next > most) return -done
    least = 0x80
    most = 0xbf
  }
  return size
}
