/** Reading of JSON that came from outside, without trusting its shape. */

export type JsonObject = { readonly [key: string]: unknown }

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null
}

/** All text inside a prompt, whatever the format calls it: every string below, but for roles, types and ids. */
export function collectText(value: unknown): string {
  const found: string[] = []
  const visit = (node: unknown, key: string) => {
    if (typeof node === 'string' && !/^(role|type|id|name|tool_call_id|tool_use_id|call_id)$/.test(key))
      found.push(node)
    else if (Array.isArray(node)) for (const item of node) visit(item, key)
    else for (const [name, item] of Object.entries(asObject(node))) visit(item, name)
  }
  visit(value, '')
  return found.join('\n')
}
