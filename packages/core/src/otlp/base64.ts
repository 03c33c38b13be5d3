const chunkLength = 8192

export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += chunkLength) {
    // In chunks: each byte becomes an argument of the call, and their number is limited.
    binary += String.fromCharCode.apply(null, Array.from(bytes.subarray(i, i + chunkLength)))
  }
  return btoa(binary)
}

const base64Only = /^[A-Za-z0-9+/\-_]*$/

/** Standard or URL-safe alphabet, with or without padding. Null when the text is not base64. */
export function decodeBase64(text: string): Uint8Array | null {
  const isPadded = text.length % 4 === 0
  const digits = isPadded ? text.replace(/={1,2}$/, '') : text
  if (!base64Only.test(digits) || digits.length % 4 === 1) return null
  const binary = atob(digits.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
