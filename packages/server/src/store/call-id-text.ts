/** Upper case is the same id. */
export const isTraceId = (text: string): boolean => /^[0-9a-f]{32}$/i.test(text)
export const isSpanId = (text: string): boolean => /^[0-9a-f]{16}$/i.test(text)
