/** What `moonlet doctor` says of plugins, which are imported in a process of their own and not started. */
import type { PluginReport } from '../../doctor/doctor.js'
import { findings, type Finding } from '../../doctor/finding.js'
import { toSentence } from '../../process/start-error.js'
import type { Context } from '../context.js'
import { findPlaces, type Places } from './places.js'
import { tryPlugins } from './trial.js'
import type { Inspected } from './trial-report.js'
import { titleOf } from './words.js'

const { ok, failed } = findings('plugins')
const DOES_NOT_START = 'The server would not start with its plugins.'

export async function examinePlugins(context: Context): Promise<PluginReport> {
  const places = await findPlaces(context).catch((error: unknown) => toSentence(error))
  if (typeof places === 'string') {
    return { findings: [failed(DOES_NOT_START, places)], settings: undefined }
  }
  const { dataFolder, plugins } = places
  if (plugins.length === 0) return { findings: [], settings: [] }
  const result = await tryPlugins({ plugins, dataFolder, start: false })
  const problems = [
    ...result.plugins.map(plugin => problemOf(plugin, places)),
    result.failure,
    result.settings
  ].filter(problem => problem !== undefined)
  return problems.length === 0
    ? { findings: [allWell(result.plugins)], settings: result.plugins.flatMap(one => one.settings) }
    : {
        findings: problems.map(problem => failed(DOES_NOT_START, problem)),
        settings: undefined
      }
}

const problemOf = (
  { name, problem, hasTables }: Inspected,
  { onPostgres }: Places
): string | undefined =>
  problem ??
  (onPostgres && hasTables
    ? `The plugin '${name}' keeps tables of its own, which it cannot with DATABASE_URL.`
    : undefined)

function allWell(plugins: readonly Inspected[]): Finding {
  const titles = plugins.map(titleOf).join(', ')
  return ok(plugins.length === 1 ? `The plugin ${titles} loads.` : `The plugins ${titles} load.`)
}
