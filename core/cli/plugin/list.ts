/** `moonlet plugin list`: the plugins that the next start loads, and what each adds. None of them is started. */
import { readNote, type Note } from '../../third-party/home/note.js'
import type { Context } from '../context.js'
import { exitCodes } from '../failure.js'
import { findPlaces } from './places.js'
import { tryPlugins } from './trial.js'
import type { Inspected, TriedPlugin } from './trial-report.js'
import { additionLines, titleOf } from './words.js'

export async function listPlugins(context: Context): Promise<number> {
  const { dataFolder, plugins } = await findPlaces(context)
  const { plugins: inspected, failure } = await tryPlugins({ plugins, dataFolder, start: false })
  const listed = await Promise.all(
    plugins.map(async (plugin, i) => {
      const note = plugin.atHome ? await readNote(plugin.specifier) : undefined
      return { place: plugin, note, found: inspected[i] as Inspected }
    })
  )
  for (const one of listed) for (const line of linesOf(one)) context.terminal.say(line)
  if (failure !== undefined) context.terminal.note(failure)
  if (listed.length === 0) {
    context.terminal.say(`There are no plugins in ${dataFolder}/plugins, and none in PLUGINS.`)
  }
  context.report({ plugins: listed.map(toDocument), failure })
  return exitCodes.done
}

interface Listed {
  readonly place: TriedPlugin
  readonly note: Note | undefined
  readonly found: Inspected
}

const fromOf = ({ atHome }: TriedPlugin) => (atHome ? 'DATA_DIR' : 'PLUGINS')

const toDocument = ({ place, note, found }: Listed) => ({
  name: found.name,
  version: found.version,
  from: fromOf(place),
  path: place.atHome ? place.specifier : (found.file ?? place.specifier),
  source: note?.source,
  added_at: note?.addedAt,
  adds: note?.adds ?? undefined,
  page: found.page,
  settings: found.settings,
  has_tables: found.hasTables,
  problem: found.problem
})

function linesOf({ place, note, found }: Listed): readonly string[] {
  const from = note === undefined ? '' : `, from ${note.source}, ${note.addedAt.slice(0, 10)}`
  const where = place.atHome ? `in ${place.specifier}${from}` : `by PLUGINS (${place.specifier})`
  return [
    `${titleOf(found)}: ${where}`,
    ...(found.problem === undefined ? [] : [`  Does not load: ${found.problem}`]),
    ...additionLines(note?.adds ?? undefined, found)
  ]
}
