/** Exports shared modules to plain files, for this user alone (see shared-modules.ts). */
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makePrivateFolder, writePrivateFile } from '../base/private-file.js'
import type { Storage } from '../contracts/storage.js'
import { listModules } from './list-all.js'
import { formatModuleSettings, modulePaths } from './shared-modules.js'

/** Gives their names. */
export async function exportModules(
  modules: Pick<Storage['modules'], 'list'>,
  folder: string
): Promise<string[]> {
  const all = await listModules(modules)
  for (const { module, active } of all) {
    const paths = modulePaths(module.name)
    let place = folder
    for (const part of dirname(paths.code).split('/')) place = await makePrivateFolder(place, part)
    const settings = formatModuleSettings(module.description ?? '')
    if (settings === '') await rm(join(folder, paths.settings), { force: true })
    else await writePrivateFile(join(folder, paths.settings), settings)
    await writePrivateFile(join(folder, paths.code), active.code)
  }
  return all.map(({ module }) => module.name)
}
