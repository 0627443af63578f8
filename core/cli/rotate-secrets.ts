/** `moonlet rotate-secrets`: all that is secret is encrypted with a new key. */
import { openDataFolder } from './offline.js'
import type { Context } from './context.js'

export async function rotateSecrets(context: Context): Promise<number> {
  const { say, progress } = context.terminal
  const data = await openDataFolder(context)
  const rotated = await data.rotateSecretKey((done, total) => {
    progress('Encrypting', done, total)
  })
  context.report(rotated)
  const { count, keyFile, inUse } = rotated
  const where = keyFile ?? 'SECRET_KEY_NEW'
  if (count === undefined) say(`The database has the key in ${where} already.`)
  else {
    const variables = count === 1 ? 'variable is' : 'variables are'
    say(`${count} ${variables} encrypted with a new key, which is in ${where}.`)
  }
  say(describeNext(keyFile, inUse))
  return 0
}

function describeNext(keyFile: string | undefined, inUse: boolean): string {
  if (inUse) return 'Copies of the old key open older backups only.'
  return keyFile === undefined
    ? 'Set SECRET_KEY of all servers to it before they start; with the old one, which opens older backups only, ' +
        'they are refused.'
    : 'Set SECRET_KEY to it before the next start, and then remove the file; without that key ' +
        'the variables cannot be read.'
}
