/**
 * Tries plugins in a process of its own, which may hang or end without harm: imports each, and starts all of them on an
 * empty data folder. It neither listens nor touches the data of a server.
 */
import { randomBytes } from 'node:crypto'
import { setInterval } from 'node:timers'
import { loadSettings } from '../../../config/load.js'
import { toSentence } from '../../process/start-error.js'
import type { ThirdPartyPlugin } from '../../third-party/check-plugin.js'
import type { Additions } from '../../third-party/home/note.js'
import { loadPlugins, refuseClash } from '../../third-party/load-plugins.js'
import { pathOfPage, titleOfPage } from '../../third-party/plugin-page.js'
import type { Inspected, Trial, TrialMessage, TrialResult, TriedPlugin } from './trial-report.js'

const ALIVE_MS = 500

const send = (message: TrialMessage): Promise<void> =>
  new Promise(resolve => {
    process.send?.(message, undefined, {}, () => {
      resolve()
    })
  })

process.once('message', (trial: Trial) => {
  setInterval(() => {
    send({ kind: 'alive' })
  }, ALIVE_MS)
  tryPlugins(trial)
    .then(result => send({ kind: 'done', result }))
    .then(() => process.exit(0))
    .catch((error: unknown) => {
      process.stderr.write(`${toSentence(error)}\n`)
      process.exit(1)
    })
})

async function tryPlugins({ plugins, folder, scratch }: Trial): Promise<TrialResult> {
  const loaded: ThirdPartyPlugin[] = []
  const inspected: Inspected[] = []
  for (const tried of plugins) {
    await send({ kind: 'at', plugin: tried.name })
    try {
      const plugin = await load(tried, folder)
      refuseClash(plugin, loaded)
      loaded.push(plugin)
      inspected.push(describe(plugin))
    } catch (error) {
      const problem = toSentence(error)
      inspected.push({ name: tried.name, settings: [], hasTables: false, problem })
    }
  }
  const settings = readSettings(loaded, scratch ?? '.')
  if (typeof settings === 'string') return { plugins: inspected, settings }
  if (scratch === undefined) return { plugins: inspected }
  await send({ kind: 'at', plugin: undefined })
  return await startAll(loaded, inspected, settings)
}

async function load({ name, specifier, atHome, remedy }: TriedPlugin, folder: string) {
  const [plugin] = atHome
    ? await loadPlugins([], folder, [{ name, path: specifier, remedy }])
    : await loadPlugins([specifier], folder)
  return plugin as ThirdPartyPlugin
}

const describe = ({
  name,
  version,
  file,
  settings,
  page,
  migrations
}: ThirdPartyPlugin): Inspected => ({
  name,
  ...(version === undefined ? {} : { version }),
  file,
  settings: Object.keys(settings),
  ...(page === undefined
    ? {}
    : { page: { title: titleOfPage(page), path: pathOfPage(name, page) } }),
  hasTables: migrations !== undefined
})

async function startAll(
  plugins: readonly ThirdPartyPlugin[],
  inspected: readonly Inspected[],
  settings: ReturnType<typeof loadSettings>
): Promise<TrialResult> {
  try {
    const added = await startedOnce(plugins, settings)
    return {
      plugins: inspected.map(one => {
        const adds = added.get(one.name)
        return adds === undefined || one.problem !== undefined ? one : { ...one, adds }
      })
    }
  } catch (error) {
    return { plugins: inspected, failure: toSentence(error) }
  }
}

/** The plugins' own from the environment; the server's are those of a trial. A text says what is wrong with them. */
function readSettings(plugins: readonly ThirdPartyPlugin[], scratch: string) {
  const names = plugins.flatMap(({ settings }) => Object.keys(settings))
  const own = Object.fromEntries(names.map(name => [name, process.env[name]]))
  try {
    return loadSettings(
      plugins.map(({ name, settings }) => ({ plugin: name, settings })),
      {
        ...own,
        DATA_DIR: scratch,
        HOST: '127.0.0.1',
        PORT: '0',
        API_KEY: randomBytes(16).toString('hex'),
        LOG_LEVEL: 'fatal',
        SANDBOX_MAX: '2'
      }
    )
  } catch (error) {
    return toSentence(error)
  }
}

/** What each plugin added. */
async function startedOnce(
  plugins: readonly ThirdPartyPlugin[],
  { config, plugins: pluginSettings }: ReturnType<typeof loadSettings>
): Promise<ReadonlyMap<string, Additions>> {
  const { buildApp } = await import('../../app.js')
  const { createLogger } = await import('../../process/logger.js')
  const { logger } = createLogger(config, false)
  const app = await buildApp({ config, plugins, pluginSettings, logger })
  await app.ready()
  const answer = await app.inject({
    url: '/api/plugins',
    headers: { authorization: `Bearer ${config.API_KEY ?? ''}` }
  })
  const added = new Map(
    answer
      .json<Array<Additions & { name: string }>>()
      .map(({ name, modules, routes, hooks }) => [name, { modules, routes, hooks }])
  )
  await app.close()
  return added
}
