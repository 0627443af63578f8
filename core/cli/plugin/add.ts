/** `moonlet plugin add`: a plugin is looked at and tried before it lies where servers load it from. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkFiles } from '../../third-party/home/check-files.js'
import { homeIn } from '../../third-party/home/find.js'
import { writeNote, type Additions } from '../../third-party/home/note.js'
import { makeStage, openForServer, putInPlace, tidyHome } from '../../third-party/home/place.js'
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
    const stage = await makeStage(dataFolder)
    try {
      await addFrom(context, { stage, source, options })
    } finally {
      await rm(stage, { recursive: true, force: true })
    }
  })
  return exitCodes.done
}

interface Adding {
  readonly stage: string
  readonly source: string
  readonly options: AddOptions
}

async function addFrom(context: Context, adding: Adding): Promise<void> {
  const { stage, source, options } = adding
  const origin = await fill(stage, source)
  const places = await findPlaces(context)
  const { dataFolder } = places
  await openForServer(stage)
  checkFiles({ name: source, path: stage }, await ownerOf(dataFolder))
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
  await writeNote(stage, { source: origin, addedAt: new Date().toISOString(), adds: adds ?? null })
  await putInPlace(stage, { dataFolder, name, replace: options.force === true })
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
  const tried = { name: source, specifier: stage, atHome: false }
  const refuse = (why: string | undefined) => {
    if (why === undefined) return
    const told = why.replaceAll(`file://${stage}`, stage).replaceAll(stage, source)
    throw new Failure('failed', told)
  }
  const alone = await tryPlugins({ plugins: [tried], dataFolder, start })
  const plugin = alone.plugins[0] as Inspected
  refuse(plugin.problem ?? alone.failure)
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
