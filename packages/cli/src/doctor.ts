/** `inferometer doctor`: proves in the user's own app folder that a call is seen, and says what to do when it is not. */
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Chosen } from './chosen.ts'
import { listHints } from './doctor/app-setup.ts'
import { checkEndpoint } from './doctor/check-endpoint.ts'
import { type FoundPackage, findPackage } from './doctor/find-package.ts'
import { type Probe, probes } from './doctor/probes.ts'
import { type ModuleSystem, type ProbeResult, runProbe } from './doctor/run-probe.ts'
import type { Environment } from './environment.ts'
import { findAddresses } from './server-client.ts'

interface Patient {
  readonly probe: Probe
  readonly client: FoundPackage
}

export async function doctor(
  chosen: Chosen,
  environment: Environment,
  { appDir }: { appDir: string },
): Promise<number> {
  const dir = resolve(appDir)
  const { variables } = environment
  console.log(`App: ${dir} (Node ${process.version})`)
  let failures = 0
  const report = (ok: boolean, line: string) => {
    if (!ok) failures++
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${line}`)
  }

  const sdk = findPackage('@inferometer/sdk', dir)
  report(sdk !== null, sdk ? `@inferometer/sdk ${sdk.version} is installed` : noSdk)
  const patients = findPatients(dir)
  report(patients.length > 0, patients.length > 0 ? `clients: ${listNames(patients)}` : noClient)
  const register = resolveRegister(dir)
  for (const { probe, client } of patients)
    for (const system of ['ESM', 'CJS'] satisfies ModuleSystem[]) {
      const result = await runProbe(probe, system, { appDir: dir, register, variables })
      const { ok, line } = describe(result)
      report(ok, `${client.name} ${client.version} in ${system}: ${line}`)
    }
  const { otlpHttp } = await findAddresses(chosen)
  const endpoint = await checkEndpoint({ variables, apiKey: chosen.apiKey, serverAddress: otlpHttp })
  report(endpoint.ok, `server at ${endpoint.address}${endpoint.ok ? ' takes calls' : `: ${endpoint.advice}`}`)
  for (const hint of listHints(dir, variables)) console.log(`hint ${hint}`)
  console.log(failures === 0 ? 'Calls are seen.' : `${failures} of the checks failed.`)
  return failures === 0 ? 0 : 1
}

const noSdk = '@inferometer/sdk is not installed here (our own copy is tried): npm install @inferometer/sdk'
const noClient = `no client we know is installed here (looked for ${probes.map((probe) => probe.packageName).join(', ')})`

function findPatients(dir: string): Patient[] {
  return probes.flatMap((probe) => {
    const client = findPackage(probe.packageName, dir)
    const complete = probe.alsoNeeds.every((name) => findPackage(name, dir) !== null)
    return client && complete ? [{ probe, client }] : []
  })
}

function listNames(patients: readonly Patient[]): string {
  return patients.map(({ client }) => `${client.name} ${client.version}`).join(', ')
}

/** The app's copy of the SDK; ours where it has none, so that the clients can be tried all the same. */
function resolveRegister(dir: string): string {
  const fromApp = createRequire(join(dir, 'package.json'))
  try {
    return pathToFileURL(fromApp.resolve('@inferometer/sdk/register')).href
  } catch {
    return import.meta.resolve('@inferometer/sdk/register')
  }
}

function describe(result: ProbeResult): { ok: boolean; line: string } {
  switch (result.kind) {
    case 'seen': {
      const { model, inputTokens, outputTokens } = result.call
      return { ok: true, line: `seen (${model}, ${inputTokens ?? '?'} → ${outputTokens ?? '?'} tokens)` }
    }
    case 'not-loadable':
      return { ok: true, line: 'cannot be loaded this way by anybody, so nothing to see' }
    case 'failed':
      return { ok: false, line: `the client itself failed:\n${indent(result.output)}` }
    case 'missed':
      return {
        ok: false,
        line:
          'NOT SEEN. Its call went out another way than fetch, node:http or node:http2, or something replaced them after us. ' +
          `Wrap the call in observe(), or give the client createFetch().\n${indent(result.output)}`,
      }
  }
}

function indent(text: string): string {
  return text
    .split('\n')
    .slice(0, 12)
    .map((line) => `       ${line}`)
    .join('\n')
}
