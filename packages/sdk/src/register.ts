/** `node --import @inferometer/sdk/register app.js`, or `-r` for CommonJS: starts with what the environment says. */
import { createRequire } from 'node:module'
import { readEnvironment, safetyVariables } from './config.ts'
import type * as safetyEntry from './safety-node.ts'
import { start } from './start.ts'

const environment = readEnvironment()
const wantsSafety = Object.values(safetyVariables).some((variable) => environment[variable])

/** The scanner and its patterns are three times as large as all the rest, so they are loaded where they are asked for. */
function loadSafety(): typeof safetyEntry {
  return createRequire(import.meta.url)('@inferometer/sdk/safety') as typeof safetyEntry // this package's own entry
}

start(wantsSafety ? { safety: loadSafety().createSafety() } : {})
