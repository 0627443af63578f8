/** `moonlet backup` and `moonlet restore`. */
import { openDataFolder } from './offline.js'
import type { Context } from './context.js'

export async function backup(context: Context, file: string, force: boolean): Promise<number> {
  context.lowerPriority()
  const data = await openDataFolder(context)
  await data.backup(file, {
    force,
    onProgress: (done, total) => {
      context.terminal.progress('Copying', done, total)
    }
  })
  context.terminal.say(
    `Backed up to ${file}. The keys (secret.key, api_key.txt) are not in it: keep copies of them elsewhere.`
  )
  return 0
}

export async function restore(context: Context, file: string): Promise<number> {
  const data = await openDataFolder(context)
  const kept = await data.restore(file, (done, total) => {
    context.terminal.progress('Copying', done, total)
  })
  context.terminal.say(
    `Restored from ${file}.${kept === undefined ? '' : ` What was there before is in ${kept}.`}`
  )
  return 0
}
