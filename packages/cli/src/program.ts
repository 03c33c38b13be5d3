/** The command line: commands, flags, help. Each command lives in its own file and is loaded when it is called. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { choose } from './chosen.ts'
import type { DemoFlags } from './demo.ts'
import { readEnvironment } from './environment.ts'
import { type FailKind, parseFailKind } from './fail-kind.ts'
import type { KeyFlags } from './key.ts'
import type { RepriceFlags } from './reprice.ts'
import { parseSetting, parseWhole, type SettingName, type Settings, serverSettings, settings } from './settings.ts'
import { UsageError } from './usage-error.ts'
import { readVersion } from './version.ts'
import { keepYoungHeapSmall } from './young-heap.ts'

/** What a command leaves behind for the exit code. */
export interface Outcome {
  exitCode: number
}

const startSettings = Object.keys(serverSettings) as SettingName[]
const stackSettings = Object.keys(settings) as SettingName[]
const findingSettings: SettingName[] = ['host', 'apiPort', 'dataDir', 'apiKey']

export function createProgram(outcome: Outcome): Command {
  const program = new Command('inferometer')
    .description('An instrument for LLM calls: metrics, traces and dashboards of every call your app makes to a model.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replace(/^error: /, '')}. See: inferometer --help\n`),
    })
    .exitOverride()
  addServerCommands(program, outcome)
  addKeyCommand(program, outcome)
  addTrialCommands(program, outcome)
  addScanCommand(program, outcome)
  addConfigCommand(program, outcome)
  return program
}

function addServerCommands(program: Command, outcome: Outcome): void {
  addSettings(program.command('start'), startSettings)
    .description('start the server and print what listens where')
    .action(async (flags: Settings) => {
      keepYoungHeapSmall()
      const { start } = await import('./start.ts')
      outcome.exitCode = await start(choose(flags, readEnvironment()))
    })
  addSettings(program.command('stack'), stackSettings)
    .description('start the server with Prometheus, Tempo, Loki and Grafana, wired; what is not installed is named')
    .action(async (flags: Settings) => {
      const { runStack } = await import('./stack.ts')
      const environment = readEnvironment()
      outcome.exitCode = await runStack(choose(flags, environment), environment)
    })
  addSettings(program.command('status'), findingSettings)
    .description('ask the server how it is; exit code 0 when it is well, else 1')
    .option('--json', "print the server's answer as it came")
    .action(async (flags: Settings & { json?: boolean }) => {
      const { status } = await import('./status.ts')
      outcome.exitCode = await status(choose(flags, readEnvironment()), { json: flags.json === true })
    })
  addSettings(program.command('reprice'), findingSettings)
    .description('show what recorded calls would have cost by the prices in force, or by others; changes nothing')
    .requiredOption('--since <time>', 'calls that began then or later: 24h, 30d, or ISO 8601')
    .option('--until <time>', 'calls that began before')
    .option('--prices <file>', 'a price file to ask instead of the prices in force')
    .option('--json', "print the server's answer as it came")
    .action(async (flags: Settings & RepriceFlags) => {
      const { reprice } = await import('./reprice.ts')
      outcome.exitCode = await reprice(choose(flags, readEnvironment()), flags)
    })
  addSettings(program.command('stop'), ['dataDir'])
    .description('stop the server that uses the data directory, and wait for it')
    .action(async (flags: Settings) => {
      const { stop } = await import('./stop.ts')
      outcome.exitCode = await stop(choose(flags, readEnvironment()))
    })
}

function addKeyCommand(program: Command, outcome: Outcome): void {
  program
    .command('key <name>')
    .description('make an API key, and print it with its entry for api_keys.yaml')
    .option('--may <rights>', 'what it opens: write, read, admin (default write,read)')
    .option('--services <names>', 'services whose calls it may record (default any)')
    .addOption(wholeOption('--calls-per-second <calls>', 'calls it may record a second (default any)', 10_000_000))
    .option('--expires <date>', 'first day on which it opens nothing any more')
    .action(async (name: string, flags: KeyFlags) => {
      const { makeKey } = await import('./key.ts')
      outcome.exitCode = makeKey(name, flags)
    })
}

function addTrialCommands(program: Command, outcome: Outcome): void {
  addSettings(program.command('demo'), [...findingSettings, 'metricsPort', 'otlpHttpPort'])
    .description('send live traffic of made-up services to the running server, from a fake provider on this machine')
    .addOption(wholeOption('--duration <seconds>', 'stop after this long (default: until Ctrl-C)', 86_400))
    .addOption(wholeOption('--rate <calls>', 'calls per second', 100).default(4))
    .addOption(wholeOption('--seed <number>', 'the same seed asks the same questions', 4_294_967_295).default(1))
    .action(async (flags: Settings & DemoFlags) => {
      const { runDemo } = await import('./demo.ts')
      const environment = readEnvironment()
      outcome.exitCode = await runDemo(choose(flags, environment), environment, flags)
    })
  addSettings(program.command('doctor'), [...findingSettings, 'otlpHttpPort'])
    .description("prove, in your app's folder, that a call is seen, and say what to do when it is not")
    .option('--cwd <folder>', "your app's folder (default: this one)")
    .action(async (flags: Settings & { cwd?: string }) => {
      const { doctor } = await import('./doctor.ts')
      const environment = readEnvironment()
      outcome.exitCode = await doctor(choose(flags, environment), environment, { appDir: flags.cwd ?? '.' })
    })
}

function addScanCommand(program: Command, outcome: Outcome): void {
  addSettings(program.command('scan'), ['configDir'])
    .argument('[files...]', 'text files; - or none: standard input')
    .description('find personal data, secrets and injections in files; exit code 1 when there are some')
    .option('--json', 'one line of JSON for each finding')
    .addOption(
      new Option('--fail-on <kind>', 'what makes the exit code 1: pii, injection or any')
        .argParser((text) => asArgument(() => parseFailKind(text)))
        .default('any'),
    )
    .action(async (files: string[], flags: Settings & { json?: boolean; failOn: FailKind }) => {
      const { scan } = await import('./scan.ts')
      const options = { files, json: flags.json === true, failOn: flags.failOn }
      outcome.exitCode = await scan(choose(flags, readEnvironment()), options)
    })
}

function addConfigCommand(program: Command, outcome: Outcome): void {
  addSettings(program.command('config'), ['configDir', 'dashboardsDir'])
    .description('config check: validate every configuration file; exit code 0 when nothing is wrong, else 1')
    .addArgument(new Argument('<action>', 'what to do').choices(['check']))
    .option('--deploy-dir <folder>', 'folder of what Prometheus, Grafana, Tempo and Loki are started with')
    .option('--json', 'the findings as JSON')
    .action(async (_action: string, flags: Settings & { json?: boolean; deployDir?: string }) => {
      const { runConfigCheck } = await import('./config-check/check-config.ts')
      const chosen = choose(flags, readEnvironment())
      const deployDir = flags.deployDir ?? `${chosen.configDir}/../deploy`
      outcome.exitCode = runConfigCheck({ ...chosen, deployDir }, { json: flags.json === true })
    })
}

function addSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { flag, variable, value, help } = settings[name]
    const shape = typeof value === 'string' ? `<${value}>` : `<${value.join('|')}>`
    const option = new Option(`${flag} ${shape}`, `${help} [${variable}]`)
    command.addOption(option.argParser((text) => asArgument(() => parseSetting(name, text, flag))))
  }
  return command
}

function wholeOption(flags: string, help: string, maximum: number): Option {
  const from = flags.split(' ')[0] ?? flags
  return new Option(flags, help).argParser((text) => asArgument(() => parseWhole(text, { from, maximum })))
}

/** Commander prints its own errors, so ours become one of its. */
function asArgument<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof UsageError) throw new InvalidArgumentError(error.message)
    throw error
  }
}
