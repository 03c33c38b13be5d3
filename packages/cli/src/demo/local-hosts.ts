/**
 * Import for effect, before any client: the providers' names lead to this machine, in this process only. Clients then call
 * the fake provider under real addresses (`http://api.openai.com:<port>`), and nothing of theirs can leave the machine.
 */
import dns from 'node:dns'

const hosts: ReadonlySet<string> = new Set([
  'api.openai.com',
  'api.anthropic.com',
  'generativelanguage.googleapis.com',
  'api.mistral.ai',
  'api.cohere.com',
  'api.groq.com',
  'ollama.com',
  'bedrock-runtime.us-east-1.amazonaws.com',
])

const here = { address: '127.0.0.1', family: 4 }

type Answer = (error: null, address: string | (typeof here)[], family?: number) => void

const lookup = Reflect.get(dns, 'lookup') as (...args: unknown[]) => void

/** Called as dns.lookup is: with or without options in the middle. */
function lookupHere(hostname: unknown, ...rest: unknown[]): void {
  if (typeof hostname !== 'string' || !hosts.has(hostname)) {
    lookup(hostname, ...rest)
    return
  }
  const options = rest[0]
  const answer = rest.at(-1) as Answer
  const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true
  process.nextTick(() => (all ? answer(null, [here]) : answer(null, here.address, here.family)))
}

Reflect.set(dns, 'lookup', lookupHere)
