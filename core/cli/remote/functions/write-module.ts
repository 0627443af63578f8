/** Writing modules of the server into the folder. */
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { formatModuleSettings, modulePaths } from '../../../export-import/shared-modules.js'
import { ensureFolder, writeWhole } from '../files.js'
import { toLocalModule, type LocalModule } from './local-modules.js'
import type { RemoteModule } from './remote.js'

/** Gives what is in the folder then. */
export async function writeModule(folder: string, remote: RemoteModule): Promise<LocalModule> {
  const { name, content, listed } = remote
  const { description = '' } = listed
  const paths = modulePaths(name)
  await ensureFolders(folder, dirname(paths.code))
  const settings = formatModuleSettings(description)
  if (settings === '') await rm(join(folder, paths.settings), { force: true })
  else await writeWhole(join(folder, paths.settings), settings)
  await writeWhole(join(folder, paths.code), content.code)
  return toLocalModule({ name, code: content.code, description })
}

async function ensureFolders(folder: string, path: string): Promise<void> {
  let place = folder
  for (const part of path.split('/')) {
    place = join(place, part)
    await ensureFolder(place)
  }
}
