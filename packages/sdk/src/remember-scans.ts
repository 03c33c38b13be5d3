import type { Finding } from '@inferometer/core/call'
import type { ScanText } from '@inferometer/core/scan/call-texts'

const maxTexts = 256
const maxChars = 512 * 1024

/**
 * Remembers the last texts and what was found in them: a conversation sends its beginning again with every turn, and what is checked before
 * it leaves is recorded afterwards.
 */
export function rememberScans(scan: ScanText): ScanText {
  const known = new Map<string, readonly Finding[]>()
  let chars = 0
  const forgetOldest = () => {
    const [oldest] = known.keys()
    if (oldest === undefined) return
    known.delete(oldest)
    chars -= oldest.length
  }
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const found = scan(text)
    if (text.length > maxChars / 4) return found
    known.set(text, found)
    chars += text.length
    while (known.size > maxTexts || chars > maxChars) forgetOldest()
    return found
  }
}
