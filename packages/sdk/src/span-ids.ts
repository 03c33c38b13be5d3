/** Random trace and span ids in lower-case hex, drawn from a pool because one system call per id is slow. */
const pool = new Uint8Array(4096)
let used = pool.length
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  let text = ''
  for (let end = used + bytes; used < end; used += 1) text += hex[pool[used] ?? 0]
  return text
}

/** 32 hex digits. All zero is not a valid id (W3C trace context); 2⁻¹²⁸ is taken as never. */
export const randomTraceId = () => randomHex(16)

/** 16 hex digits. */
export const randomSpanId = () => randomHex(8)
