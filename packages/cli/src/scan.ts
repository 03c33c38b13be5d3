/** `inferometer scan`: what text files contain, for people and for CI. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { checkPatternFile } from '@inferometer/server/pattern-file'
import type { Chosen } from './chosen.ts'
import type { FailKind } from './fail-kind.ts'
import { createTextScan, type PlacedFinding, type ScanText } from './text-scan.ts'

export interface ScanOptions {
  /** `-`: standard input. None: standard input too. */
  readonly files: readonly string[]
  readonly json: boolean
  readonly failOn: FailKind
}

const standardInput = '-'

/** 0 when nothing was found that `failOn` names, 1 when something was, 2 when a file could not be read. */
export async function scan(chosen: Chosen, options: ScanOptions): Promise<number> {
  const file = join(chosen.configDir, 'patterns.yaml')
  const patterns = await checkPatternFile(file)
  if (!patterns.ok) throw new Error(`Cannot load patterns:\n  ${patterns.problems.join('\n  ')}`)
  const names = options.files.length > 0 ? options.files : [standardInput]
  const tally = { files: 0, pii: 0, injection: 0, shadow: 0, unread: 0 }
  const report = options.json ? reportJson : reportLine
  for (const name of names) {
    const wasRead = await scanFile(name, patterns.scanner.scan, (finding) => {
      tally[finding.kind]++
      report(name, finding)
    })
    if (wasRead) tally.files++
    else tally.unread++
  }
  const plural = tally.files === 1 ? 'file' : 'files'
  console.error(
    `${tally.files} ${plural}, ${tally.pii} personal data or secrets, ${tally.injection} signs of injection`,
  )
  if (tally.unread > 0) return 2
  return countFailures(options.failOn, tally) > 0 ? 1 : 0
}

function countFailures(
  failOn: FailKind,
  { pii, injection }: { readonly pii: number; readonly injection: number },
): number {
  if (failOn === 'any') return pii + injection
  return failOn === 'pii' ? pii : injection
}

async function scanFile(
  name: string,
  scanText: ScanText,
  onFinding: (finding: PlacedFinding) => void,
): Promise<boolean> {
  const textScan = createTextScan(scanText, onFinding)
  const stream = name === standardInput ? process.stdin : createReadStream(name)
  stream.setEncoding('utf8')
  try {
    for await (const chunk of stream) textScan.add(String(chunk))
  } catch (error) {
    console.error(`Cannot read ${name}: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
  textScan.end()
  return true
}

/** Never the value itself: the lines end up in logs of CI. */
function reportLine(name: string, { line, column, kind, pattern }: PlacedFinding): void {
  console.log(`${name}:${line}:${column}: ${kind}: ${pattern}`)
}

function reportJson(name: string, finding: PlacedFinding): void {
  console.log(JSON.stringify({ file: name, ...finding }))
}
