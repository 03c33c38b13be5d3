/** The environment, read once: which settings it gives, and where data and configuration live when nobody says. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSetting, type SettingName, type Settings, settings } from './settings.ts'

export interface Environment {
  /** Settings given by `INFEROMETER_*` variables. */
  readonly given: Settings
  readonly defaultDataDir: string
  readonly defaultConfigDir: string
  /** build/dashboards here when it holds dashboards, else the bundled one. */
  readonly defaultDashboardsDir: string
  /** Configurations of the programs that run beside the server. */
  readonly deployDir: string
  /** No progress line is redrawn and no colour is used. */
  readonly plain: boolean
  /** Handed to child processes as it is. */
  readonly variables: NodeJS.ProcessEnv
}

/** Throws a UsageError that names the variable when a value is wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const given: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings)) {
    const text = variables[setting.variable]
    if (text !== undefined && text !== '') given[name] = parseSetting(name as SettingName, text, setting.variable)
  }
  return {
    given,
    defaultDataDir: findDataDir(variables),
    defaultConfigDir: findConfigDir(),
    defaultDashboardsDir: findDashboardsDir(),
    deployDir: bundled('deploy'),
    plain: variables.NO_COLOR !== undefined || variables.TERM === 'dumb' || variables.CI !== undefined,
    variables,
  }
}

/** One place per user, so that `status` and `stop` find the server from any folder. */
function findDataDir(variables: NodeJS.ProcessEnv): string {
  if (variables.XDG_DATA_HOME) return join(variables.XDG_DATA_HOME, 'inferometer')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'inferometer')
  if (process.platform === 'win32')
    return join(variables.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'inferometer')
  return join(homedir(), '.local', 'share', 'inferometer')
}

/** `config/` here when it holds our files, else the one beside this program. */
function findConfigDir(): string {
  const here = resolve('config')
  const ours = ['model_prices.yaml', 'patterns.yaml'].some((file) => existsSync(join(here, file)))
  return ours ? here : bundled('config')
}

function findDashboardsDir(): string {
  const here = resolve('build', 'dashboards')
  return existsSync(join(here, 'llm-cost-dashboard.json')) ? here : bundled(join('build', 'dashboards'))
}

const bundled = (folder: string): string => fileURLToPath(new URL(join('../../..', folder), import.meta.url))
