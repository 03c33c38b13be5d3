/** The settings of one run: flag over variable over default. */
import type { Environment } from './environment.ts'
import { type Settings, settings } from './settings.ts'

/** Complete where the cli has a default; the server has one for everything else. */
export interface Chosen extends Settings {
  readonly dataDir: string
  readonly configDir: string
  readonly dashboardsDir: string
}

/** `flags` may hold a command's own flags beside settings. */
export function choose(flags: Settings, environment: Environment): Chosen {
  const {
    given,
    defaultDataDir: dataDir,
    defaultConfigDir: configDir,
    defaultDashboardsDir: dashboardsDir,
  } = environment
  const fromFlags = Object.entries(flags).filter(([name]) => Object.hasOwn(settings, name))
  return { dataDir, configDir, dashboardsDir, ...given, ...Object.fromEntries(fromFlags) }
}
