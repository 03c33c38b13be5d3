/** The first part of a JSON Web Token is the base64url of a JSON object that names its algorithm (RFC 7519, RFC 7515). */
export function isJwt(candidate: string): boolean {
  const [header = ''] = candidate.split('.')
  const text = decodeBase64Url(header)
  return text?.startsWith('{') === true && /"(?:alg|typ|enc)"\s*:/.test(text)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** As Latin-1, which is enough to read names by. Null when it is no base64url. */
function decodeBase64Url(encoded: string): string | null {
  let text = ''
  let bits = 0
  let bitCount = 0
  for (const char of encoded) {
    const value = alphabet.indexOf(char)
    if (value < 0) return null
    bits = ((bits << 6) | value) & 0xffff
    bitCount += 6
    if (bitCount < 8) continue
    bitCount -= 8
    text += String.fromCharCode((bits >> bitCount) & 0xff)
  }
  return text
}
