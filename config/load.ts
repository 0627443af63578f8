/**
 * Reads the settings from the environment; the only file that looks at `process.env`, but for what libpq takes from
 * there too (database-url.ts).
 */
import { distance } from 'fastest-levenshtein'
import { addressProblems } from './address-settings.js'
import { settings, type Config } from './schema.js'
import { SettingProblem, type Setting } from './setting.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Settings that cannot be used; the message lists all of them. */
export class SettingsError extends Error {
  override name = 'SettingsError'
  readonly code = 'SETTINGS_INVALID'
}

/** The settings that one plugin declares. */
export interface PluginSettings {
  readonly plugin: string
  readonly settings: Readonly<Record<string, Setting<unknown>>>
}

export interface LoadedSettings {
  readonly config: Config
  /** Values by plugin and setting, frozen. */
  readonly plugins: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

/** The environment with some variables set otherwise. */
export const withEnvironment = (changes: Environment): Environment => ({
  ...process.env,
  ...changes
})

/** Every setting of the server, valid and frozen; as `loadSettings` without plugins. */
export const loadConfig = (environment: Environment = process.env): Config =>
  loadSettings([], environment).config

/** One of the server's settings by itself. Throws a SettingProblem. */
export const readSetting = <N extends keyof Config>(
  name: N,
  environment: Environment = process.env
): Config[N] => settings[name].read(textOf(environment, name)) as Config[N]

/** What is given for a setting; an empty variable counts as unset. */
const textOf = (environment: Environment, name: string): string | undefined =>
  environment[name] === '' ? undefined : environment[name]

/** The plugins to load. Their settings are part of the one check, so they must be known before it. */
export const readPluginList = (environment: Environment = process.env): readonly string[] =>
  readSetting('PLUGINS', environment)

/** The data folder, which plugins may lie in. */
export const readDataFolder = (environment: Environment = process.env): string =>
  readSetting('DATA_DIR', environment)

/**
 * Gives every setting, the server's and the plugins', valid and frozen. An empty variable counts as unset. Throws a
 * SettingsError with one message that lists every bad setting: wrong values, and, unless there may be `others` that
 * are not known, names that look like a misspelt setting.
 */
export function loadSettings(
  declared: readonly PluginSettings[],
  environment: Environment = process.env,
  { others = false }: { readonly others?: boolean } = {}
): LoadedSettings {
  const problems: string[] = []
  const config = readAll(settings, environment, problems)
  problems.push(...addressProblems(config as Partial<Config>))
  const plugins = new Map(
    declared.map(({ plugin, settings }) => [
      plugin,
      readAll(settings, environment, problems, ` (setting of the plugin '${plugin}')`)
    ])
  )
  const names = [
    ...Object.keys(settings),
    ...declared.flatMap(({ settings }) => Object.keys(settings))
  ]
  for (const name of others ? [] : Object.keys(environment)) {
    const meant = misspelt(name, names)
    if (meant !== undefined) problems.push(`${name} is no setting; did you mean ${meant}?`)
  }
  const conflict = findConflict(config as Partial<Config>, environment)
  if (conflict !== undefined) problems.push(conflict)
  if (problems.length > 0) {
    throw new SettingsError(
      `Settings are wrong:\n${problems.map(problem => `  - ${problem}`).join('\n')}`
    )
  }
  return { config: config as Config, plugins }
}

/** Settings that are right one by one and do not go together. */
function findConflict(
  { WORKERS = 1 }: Partial<Config>,
  environment: Environment
): string | undefined {
  if (WORKERS === 1 || textOf(environment, 'DATABASE_URL') !== undefined) return undefined
  return (
    `WORKERS must be 1 without DATABASE_URL, because one process alone may write to the database's file; several ` +
    `need PostgreSQL (it is ${JSON.stringify(environment.WORKERS)}${
      environment.WORKERS === 'auto' ? `, which is ${WORKERS} here` : ''
    })`
  )
}

/** Values of the settings; what is wrong with one is added to `problems`. */
function readAll(
  declared: Readonly<Record<string, Setting<unknown>>>,
  environment: Environment,
  problems: string[],
  of = ''
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(declared)) {
    const text = textOf(environment, name)
    try {
      values[name] = setting.read(text)
    } catch (error) {
      if (!(error instanceof SettingProblem)) throw error
      const seen =
        text === undefined
          ? 'it is not set'
          : `it is ${JSON.stringify(setting.secret === true ? '***' : text)}`
      problems.push(`${name}${of} ${error.message} (${seen})`)
    }
  }
  return Object.freeze(values)
}

/** The setting that an unknown variable was probably meant to be: same family, or at most two letters off. */
function misspelt(name: string, settings: readonly string[]): string | undefined {
  if (settings.includes(name)) return undefined
  const family = /^(SANDBOX|QUEUE|EXECUTION)_/.exec(name)?.[0]
  const candidates = settings.filter(setting => setting.length > 4 || family !== undefined)
  const close = candidates.find(setting => setting.includes('_') && distance(setting, name) <= 2)
  return (
    close ??
    (family === undefined
      ? undefined
      : candidates
          .filter(setting => setting.startsWith(family))
          .sort((a, b) => distance(a, name) - distance(b, name))[0])
  )
}

/** What a service manager tells the process it started; see sd_notify(3). Undefined when there is none. */
export interface ServiceManager {
  readonly socket: string
  /** Microseconds without a sign of life after which the service counts as hung; undefined: not watched. */
  readonly watchdogUsec: number | undefined
  readonly path: string
}

/** Reads the service manager's variables. They are not settings: systemd sets them, not people. */
export function loadServiceManager(
  environment: Environment = process.env
): ServiceManager | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC, WATCHDOG_PID, PATH = '/usr/bin:/bin' } = environment
  if (socket === undefined || socket === '') return undefined
  const watched = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid)
  const usec = Number(WATCHDOG_USEC)
  return { socket, watchdogUsec: watched && usec > 0 ? usec : undefined, path: PATH }
}
