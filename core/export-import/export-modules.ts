/** Exports shared modules to plain files, for this user alone (see shared-modules.ts). */
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makePrivateFolder, writePrivateFile } from '../base/private-file.js'
import type { ModuleSnapshot } from '../contracts/modules.js'
import type { Storage } from '../contracts/storage.js'
import { formatModuleSettings, modulePaths } from './shared-modules.js'

type Modules = Pick<Storage['modules'], 'list'>

/** Gives their names. */
export async function exportModules(modules: Modules, folder: string): Promise<string[]> {
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

const PAGE = 100

export async function listModules(modules: Modules): Promise<ModuleSnapshot[]> {
  const all: ModuleSnapshot[] = []
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = await modules.list({ limit: PAGE, offset })
    all.push(...rows)
    if (rows.length < PAGE) return all
  }
}
