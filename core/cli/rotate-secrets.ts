import { openDataFolder } from './offline.js'
import type { Context } from './context.js'

export async function rotateSecrets(context: Context): Promise<number> {
  const data = await openDataFolder(context)
  const { count, keyFile, inUse } = await data.rotateSecretKey()
  context.terminal.say(
    `${count} variable${count === 1 ? ' is' : 's are'} encrypted with a new key, which is in ${keyFile}.`
  )
  context.terminal.say(
    inUse
      ? 'Copies of the old key open older backups only.'
      : 'Set SECRET_KEY to it before the next start, and then remove the file; without that key ' +
          'the variables cannot be read.'
  )
  return 0
}
