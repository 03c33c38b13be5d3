/** `inferometer status` */
import type { Chosen } from './chosen.ts'
import { askServer, findAddresses } from './server-client.ts'

export async function status(chosen: Chosen, { json }: { json: boolean }): Promise<number> {
  const { api } = await findAddresses(chosen)
  const answer = await askServer(`${api}/v1/metrics/health`, chosen.apiKey)
  if (answer === null) {
    console.error(`No server answers at ${api}. Start one: inferometer start`)
    return 1
  }
  if (answer.status === 401) {
    console.error(`The server at ${api} asks for an API key. Give it with --api-key or INFEROMETER_API_KEY`)
    return 1
  }
  if (json) console.log(JSON.stringify(answer.body, null, 2))
  else console.log([`server      ${api}`, ...listFields(answer.body, '')].join('\n'))
  return answer.status === 200 ? 0 : 1
}

/** `a.b: value` lines of whatever health tells, so that a new field needs no new code here. */
function listFields(value: unknown, prefix: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${prefix.padEnd(11)} ${String(value ?? '-')}`]
  return Object.entries(value).flatMap(([name, item]) => listFields(item, prefix === '' ? name : `${prefix}.${name}`))
}
