/** `moonlet export`: functions as plain files. */
import { exportFunctions } from '../export-import/export.js'
import { openDataFolder } from './offline.js'
import type { Context } from './context.js'

export async function exportToFolder(
  context: Context,
  folder: string,
  only: string | undefined,
  withSecrets: boolean
): Promise<number> {
  context.lowerPriority()
  const { terminal } = context
  const data = await (await openDataFolder(context)).open({ alone: false })
  try {
    const { folders, modules, stale } = await exportFunctions(data.storage, folder, {
      only,
      withSecrets,
      onFunction: (_folder, done, total) => {
        terminal.progress('Exporting', done, total)
      }
    })
    terminal.say(
      `Exported ${folders.length} function${folders.length === 1 ? '' : 's'}` +
        (modules.length === 0
          ? ''
          : ` and ${modules.length} module${modules.length === 1 ? '' : 's'}`) +
        ` to ${folder}.`
    )
    if (stale.length > 0) {
      terminal.say(`Not on this server any more, left as they are: ${stale.join(', ')}`)
    }
    return 0
  } finally {
    await data.close()
  }
}
