/** `moonlet discard-secrets`: what is encrypted with a key that is lost is removed, so that the server starts again. */
import { openDataFolder } from './offline.js'
import type { Context } from './context.js'

export async function discardSecrets(context: Context): Promise<number> {
  const data = await openDataFolder(context)
  const discarded = await data.discardSecrets()
  context.report(discarded)
  const { variables, alerts, jobs } = discarded
  context.terminal.say(
    `Removed: variables (and what they were before): ${variables}; alerts: ${alerts}; events of jobs: ${jobs}. ` +
      'Set variables and alerts anew once the server runs; jobs that were waiting end as dead.'
  )
  return 0
}
