/** `moonlet plugin remove`: takes a plugin out of the data folder, also one that is broken. */
import { readdir } from 'node:fs/promises'
import { readPluginList, withEnvironment } from '../../../config/load.js'
import { homeIn } from '../../third-party/home/find.js'
import { takeAway } from '../../third-party/home/place.js'
import { isPluginName } from '../../third-party/plugin-name.js'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { asPermitted, findDataFolder } from './places.js'
import { restartAdvice } from './restart.js'

export async function removePlugin(context: Context, name: string): Promise<number> {
  const dataFolder = findDataFolder(context)
  const isGone =
    isPluginName(name) && (await asPermitted(dataFolder, () => takeAway(dataFolder, name)))
  if (!isGone) {
    const named = readPluginList(withEnvironment(context.settings))
    throw await notThere(name, dataFolder, named)
  }
  const restart = await restartAdvice(dataFolder, 'unload')
  context.terminal.say(
    `Removed ${name} from ${homeIn(dataFolder)}. Tables of its own, if it had any, stay.`
  )
  context.terminal.say(restart)
  context.report({ name, restart })
  return exitCodes.done
}

async function notThere(
  name: string,
  dataFolder: string,
  named: readonly string[]
): Promise<Failure> {
  const home = homeIn(dataFolder)
  const entries = await readdir(home).catch(() => [])
  const there = entries.filter(entry => !entry.startsWith('.'))
  const some = there.length === 0 ? 'there is none' : `there are: ${there.join(', ')}`
  const elsewhere = named.some(specifier => specifier.includes(name))
    ? '; PLUGINS names one: take it out of that setting'
    : ''
  return new Failure('failed', `There is no plugin '${name}' in ${home}; ${some}${elsewhere}`)
}
