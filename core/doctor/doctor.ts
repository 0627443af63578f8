/**
 * Whether everything that Moonlet stands on is as it should be. Each check loads what it needs itself, so that one
 * that is broken does not hide the others.
 */
import { toSentence } from '../process/start-error.js'
import { findings, type Finding } from './finding.js'
import { toRouteFindings } from './routes.js'
import { checkNode } from './runtime.js'

type Check = readonly [name: string, run: () => Promise<readonly Finding[] | Finding>]

/** Plugins are the affair of who asks: they are tried in another process. */
export interface PluginReport {
  readonly findings: readonly Finding[]
  /** Names of their settings; undefined: not all of them are known. */
  readonly settings: readonly string[] | undefined
}

/** Runs all checks with these settings, one after another, and tells each finding as it is there. */
export async function examine(
  environment: Readonly<Record<string, string | undefined>>,
  examinePlugins: () => Promise<PluginReport>,
  tell: (finding: Finding) => void
): Promise<readonly Finding[]> {
  const found: Finding[] = []
  const add = (more: readonly Finding[] | Finding) => {
    for (const finding of [more].flat()) {
      found.push(finding)
      tell(finding)
    }
  }
  add(checkNode())
  const addon: Check = ['addon', async () => (await import('./runtime.js')).checkAddon()]
  add(await settle(addon))
  const plugins = await examinePlugins()
  add(plugins.findings)
  const config = await readSettings(environment, plugins)
  if ('state' in config) add(config)
  else for (const check of checksOf(config)) add(await settle(check))
  return found
}

type Environment = Parameters<typeof examine>[0]
type Settings = Awaited<ReturnType<typeof loadSettings>>

async function loadSettings(environment: Environment, { settings }: PluginReport) {
  const { loadWithoutPlugins } = await import('../process/bootstrap.js')
  return await loadWithoutPlugins(environment, settings)
}

/** The server's settings, or what is wrong with them. */
async function readSettings(
  environment: Environment,
  plugins: PluginReport
): Promise<Settings | Finding> {
  try {
    return await loadSettings(environment, plugins)
  } catch (error) {
    return findings('settings').failed(
      'The server would not start with these settings.',
      toSentence(error)
    )
  }
}

const checksOf = (config: Settings): readonly Check[] => [
  ['barriers', async () => (await import('./machine.js')).checkBarriers()],
  ['limits', async () => (await import('./machine.js')).checkLimits()],
  config.DATABASE_URL === undefined
    ? [
        'data folder',
        async () => (await import('./data-folder.js')).checkDataFolder(config.DATA_DIR)
      ]
    : ['database', async () => (await import('./database.js')).checkDatabase(config)],
  ...(config.DATABASE_URL === undefined
    ? [
        ['data folder', () => checkKey(config)] as const,
        ['routes', () => checkStoredRoutes(config.DATA_DIR)] as const
      ]
    : []),
  ['disk', async () => (await import('./data-folder.js')).checkDisk(config.DATA_DIR)],
  ['port', async () => (await import('./network.js')).checkNetwork(config)],
  ['clock', async () => (await import('./machine.js')).checkClock(config.DATA_DIR)]
]

async function checkKey({ DATA_DIR, SECRET_KEY }: Settings): Promise<readonly Finding[]> {
  return (await import('./data-folder.js')).checkSecretKey(DATA_DIR, SECRET_KEY)
}

/** Those of PostgreSQL come with what is read of the database. */
async function checkStoredRoutes(folder: string): Promise<readonly Finding[]> {
  const { readRefusedRoutes } = await import('../../plugins/storage/offline-routes.js')
  return toRouteFindings(readRefusedRoutes(folder))
}

async function settle([name, run]: Check): Promise<readonly Finding[] | Finding> {
  try {
    return await run()
  } catch (error) {
    return findings(name).failed('This could not be looked at.', toSentence(error))
  }
}
