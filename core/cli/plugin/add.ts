/** `moonlet plugin add`: a plugin is looked at and tried before it lies where servers load it from. */
import { join } from 'node:path'
import { checkFiles } from '../../third-party/home/check-files.js'
import { homeIn } from '../../third-party/home/find.js'
import { writeNote, type Additions } from '../../third-party/home/note.js'
import { openForServer, tidyHome, withStage, type Stage } from '../../third-party/home/place.js'
import { isPluginName } from '../../third-party/plugin-name.js'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { fill } from './fill.js'
import { asPermitted, findPlaces, ownerOf, type Places } from './places.js'
import { restartAdvice } from './restart.js'
import { tryPlugins } from './trial.js'
import type { Inspected, TrialResult } from './trial-report.js'
import { additionLines, titleOf } from './words.js'

export interface AddOptions {
  readonly force?: boolean
  /** False: the plugin is imported, and not started. */
  readonly trial?: boolean
}

export async function addPlugin(
  context: Context,
  source: string,
  options: AddOptions
): Promise<number> {
  const { dataFolder } = await findPlaces(context)
  await asPermitted(dataFolder, async () => {
    await tidyHome(dataFolder)
    await withStage(dataFolder, stage => addFrom(context, { stage, source, options }))
  })
  return exitCodes.done
}

interface Adding {
  readonly stage: Stage
  readonly source: string
  readonly options: AddOptions
}

async function addFrom(context: Context, adding: Adding): Promise<void> {
  const { stage, source, options } = adding
  const origin = await fill(stage.path, source)
  const places = await findPlaces(context)
  const { dataFolder } = places
  await openForServer(stage.path)
  checkFiles({ name: source, path: stage.shown }, await ownerOf(dataFolder))
  const { plugin, notes } = await tryWithOthers(adding, places)
  const { name, adds } = plugin
  const before = places.plugins.find(one => one.atHome && one.name === name)
  if (before !== undefined && options.force !== true) {
    throw new Failure(
      'failed',
      `There is a plugin '${name}' already, in ${before.specifier}; ` +
        `to have ${titleOf(plugin)} in its place, add --force`
    )
  }
  await writeNote(stage.path, {
    source: origin,
    addedAt: new Date().toISOString(),
    adds: adds ?? null
  })
  await stage.putInPlace(name, options.force === true)
  const path = join(homeIn(dataFolder), name)
  const restart = await restartAdvice(dataFolder, 'load')
  tell(context, { plugin, path, isReplaced: before !== undefined, notes, restart })
  const { version, settings, page } = plugin
  const replaced = before !== undefined
  context.report({ name, version, path, replaced, settings, page, adds, notes, restart })
}

interface Tried {
  readonly plugin: Inspected
  /** What is to be known besides. */
  readonly notes: readonly string[]
}

/** Alone first, and then with those that are there. Throws a Failure when the plugin is to blame. */
async function tryWithOthers({ stage, source, options }: Adding, places: Places): Promise<Tried> {
  const { dataFolder, onPostgres } = places
  const start = options.trial !== false
  const tried = { name: source, specifier: stage.shown, atHome: false }
  const refuse = (why: string | undefined) => {
    if (why === undefined) return
    const told = why
      .replaceAll(`file://${stage.shown}`, stage.shown)
      .replaceAll(stage.shown, source)
    throw new Failure('failed', told)
  }
  const alone = await tryPlugins({ plugins: [tried], dataFolder, start })
  const [plugin] = alone.plugins
  refuse(plugin?.problem ?? alone.failure)
  // It has run, and may have told anything, in the words of who tried it.
  if (plugin === undefined || !isPluginName(plugin.name)) {
    throw new Failure('failed', `${source} does not say the name of a plugin`)
  }
  if (onPostgres && plugin.hasTables) {
    refuse(`The plugin '${plugin.name}' keeps tables of its own, which it cannot with DATABASE_URL`)
  }
  const others = places.plugins.filter(one => !one.atHome || one.name !== plugin.name)
  const notes = alone.settings === undefined ? [] : [`Before the next start: ${alone.settings}`]
  if (others.length === 0) return { plugin, notes }
  const together = await tryPlugins({ plugins: [...others, tried], dataFolder, start })
  refuse(together.plugins.at(-1)?.problem)
  const { failure } = together
  if (failure?.startsWith(`The plugin '${plugin.name}'`) === true) refuse(failure)
  return { plugin, notes: [...notes, ...problemsOf(together)] }
}

/** Of the plugins that were there before, which keep nobody from adding another. */
const problemsOf = ({ plugins, failure }: TrialResult): readonly string[] =>
  [...plugins.map(({ problem }) => problem), failure].filter(text => text !== undefined)

interface Told extends Tried {
  readonly path: string
  readonly isReplaced: boolean
  readonly restart: string
}

function tell({ terminal }: Context, { plugin, path, isReplaced, notes, restart }: Told): void {
  const { adds } = plugin as { adds?: Additions }
  terminal.say(`${isReplaced ? 'Replaced' : 'Added'} ${titleOf(plugin)}, in ${path}.`)
  for (const line of additionLines(adds, plugin)) terminal.say(line)
  for (const line of notes.flatMap(note => note.split('\n'))) terminal.note(line)
  terminal.say(restart)
}
