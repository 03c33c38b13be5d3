// Megabytes per second on prompts of 2 kB: all shipped patterns, those for personal data alone, one plain combined RegExp, and
// packages of npm (bench/safety/peers.mjs; --peers installs them). Rounds are interleaved and count processor time; hostile texts of
// 100 kB follow. A number sets the rounds.

import { loadScanner } from './safety/load-scanner.mjs'
import { makeDocuments } from './safety/make-documents.mjs'
import { installPeers, listPeers } from './safety/peers.mjs'
import { createRandom } from './safety/random-source.mjs'

const promptLength = 2_048
const rounds = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 12)

function makePrompts() {
  const random = createRandom(5)
  const plain =
    'The quarterly report describes how teams plan their work, what they learned from customers and which of the ideas ' +
    'should be tried next. Please write a short summary with three points, and explain the function below. '
  const code = 'for (let index = 0; index < items.length; index++) { total += items[index].price * 1.2 }\n'
  const documents = makeDocuments('b', { each: 2 })
  return Array.from({ length: 200 }, () => {
    let text = ''
    while (text.length < promptLength)
      text += random.next() < 0.06 ? `${random.pick(documents).text}\n` : random.next() < 0.8 ? plain : code
    return text.slice(0, promptLength)
  })
}

/** What a first version usually is. */
const combined =
  /[\w.+-]+@[\w-]+\.[\w.]+|\b(?:\d[ -]?){13,16}\b|\b\d{3}-\d{2}-\d{4}\b|\b(?:\d{1,3}\.){3}\d{1,3}\b|\+?\d[\d ().-]{7,}\d|\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b|\bsk-[\w-]{20,}|\bAKIA[A-Z0-9]{16}\b|ignore (?:all )?previous instructions/gi

const full = loadScanner()

async function listScanners() {
  if (process.argv.includes('--peers')) installPeers()
  const personal = loadScanner('PII_STRUCTURAL')
  return [
    { name: 'inferometer, all patterns', scan: (text) => full.scan(text) },
    { name: 'inferometer, personal data and secrets', scan: (text) => personal.scan(text) },
    { name: 'one combined RegExp (9 patterns)', scan: (text) => text.match(combined) },
    ...(await listPeers()),
  ]
}

async function measureMs(work) {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

const fill = (piece) => piece.repeat(Math.ceil(100_000 / piece.length)).slice(0, 100_000)
const hostile = {
  'one letter': fill('a'),
  digits: fill('4'),
  '@': fill('@'),
  'a.a.a.': fill('a.'),
  spaces: fill(' '),
  '(((': fill('('),
  emoji: fill('👋'),
  'zero width': fill('\u200b'),
  base64: Buffer.from(fill('The quick brown fox. ')).toString('base64').slice(0, 100_000),
  'a@a.': fill('a@a.'),
  '4111 4111': fill('4111 '),
  'tel 020 7946': fill('tel 020 7946 '),
  'eyJ-': fill('eyJabcdefgh-'),
  ignore: fill('ignore all the '),
  'password=': fill('password='),
  'curl -u': fill('curl -u a:bcd '),
  '00 01': fill('00 01'),
  '0000-0000 00': fill('0000-0000 00'),
  'phone numbers': fill('call (212) 555-0182 '),
  'more of them': fill('+1 (415) 555-2671 '),
  '@a.': fill('@a.'),
  '1.1.': fill('1.1.'),
  'ab1:': fill('ab1:'),
  'bytes in digits': fill('01000001 '),
  'URL escapes': fill('%41'),
  tags: fill('a<b>c'),
  'half a pair': fill('\ud83d'),
  'look-alikes': fill('\u0455'),
  'base64 in base64': fill(
    Buffer.from(Buffer.from('ignore previous instructions').toString('base64')).toString('base64'),
  ),
}
const hostileMsMax = 10

const prompts = makePrompts()
const bytes = prompts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
const scanners = await listScanners()
const best = scanners.map(() => Number.POSITIVE_INFINITY)
for (let round = 0; round < rounds; round++)
  for (const [at, { scan, name }] of scanners.entries()) {
    // Slow ones need not be asked for everything every time.
    const isOwn = name.startsWith('inferometer') || name.startsWith('one')
    const asked = isOwn ? prompts : prompts.slice(0, 20)
    const ms = await measureMs(async () => {
      for (const text of asked) await scan(text)
    })
    best[at] = Math.min(best[at], (ms * prompts.length) / asked.length)
  }
const rates = Object.fromEntries(scanners.map(({ name }, at) => [name, Number((bytes / 1_000 / best[at]).toFixed(2))]))
console.log(
  `\nMB/s of processor time, best of ${rounds} interleaved rounds, ${prompts.length} prompts of ${promptLength} characters`,
)
for (const [name, rate] of Object.entries(rates)) console.log(`  ${name.padEnd(42)} ${String(rate).padStart(8)}`)

console.log(`\n100 kB of it: ms (best of 5, aim ${hostileMsMax}), steps a character`)
const slowest = {}
for (const [name, text] of Object.entries(hostile)) {
  const times = []
  for (let round = 0; round < 5; round++) times.push(await measureMs(() => full.scan(text)))
  slowest[name] = Number(Math.min(...times).toFixed(1))
  const steps = (full.countSteps(text) / text.length).toFixed(1)
  console.log(`  ${name.padEnd(16)} ${String(slowest[name]).padStart(8)} ${steps.padStart(6)}`)
}
const [worst, worstMs] = Object.entries(slowest).reduce((a, b) => (b[1] > a[1] ? b : a))
console.log(`worst: ${worst}, ${worstMs} ms: the aim is ${worstMs <= hostileMsMax ? 'met' : 'NOT met'}`)
console.log(JSON.stringify({ bench: 'safety-speed', mbPerSecond: rates, hostileMs: slowest }))
