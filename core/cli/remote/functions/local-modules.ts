/** The shared modules of a folder. A module goes by its name, which is that of its file. */
import {
  MODULES_FOLDER,
  readModules,
  type ModuleFile
} from '../../../export-import/shared-modules.js'
import { toModuleSettings, type Content } from './content.js'

export interface LocalModule {
  readonly kind: 'module'
  /** Its path without an ending, such as `modules/shop/prices`. */
  readonly folder: string
  readonly id: undefined
  readonly name: string
  readonly content: Content
  readonly file: undefined
}

export async function readLocalModules(folder: string): Promise<{
  readonly modules: readonly LocalModule[]
  readonly problems: readonly string[]
}> {
  const { modules, problems } = await readModules(folder)
  return {
    modules: modules.map(toLocalModule),
    problems: problems.map(({ place, reason }) => `${place}: ${reason}`)
  }
}

export const toLocalModule = (file: ModuleFile): LocalModule => ({
  kind: 'module',
  folder: modulePlace(file.name),
  id: undefined,
  name: file.name,
  content: { code: file.code, settings: toModuleSettings(file) },
  file: undefined
})

/** What a module is called where functions are named too. */
export const modulePlace = (name: string): string =>
  `${MODULES_FOLDER}/${name.replaceAll('.', '/')}`
