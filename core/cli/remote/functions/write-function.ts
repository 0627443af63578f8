/** Writing functions of the server into the folder, in the files and names of `moonlet export`. */
import { join } from 'node:path'
import { toFolderName } from '../../../export-import/folder-names.js'
import { CODE_FILE, SETTINGS_FILE, toFileText } from '../../../export-import/function-file.js'
import { ensureFolder, writeWhole } from '../files.js'
import { SCHEMA_FILE } from '../editor-files.js'
import type { RemoteFunction } from './remote.js'

/** With the schema that editors check and complete it by. */
export const settingsText = ({ listed }: RemoteFunction): string =>
  toFileText({
    $schema: `../${SCHEMA_FILE}`,
    ...listed,
    env_vars: Object.fromEntries((listed.env_names ?? []).map(name => [name, null]))
  })

/** The code last: a function whose settings are there is complete or says that its code is missing. */
export async function writeFunction(
  folder: string,
  name: string,
  remote: RemoteFunction
): Promise<void> {
  await ensureFolder(join(folder, name))
  await writeWhole(join(folder, name, SETTINGS_FILE), settingsText(remote))
  await writeWhole(join(folder, name, CODE_FILE), remote.content.code)
}

/** Names for functions that have no folder yet; `taken` are those that are there. */
export function nameFolders(
  functions: readonly RemoteFunction[],
  taken: readonly string[]
): Map<string, string> {
  const used = new Set(taken.map(name => name.toLowerCase()))
  const names = new Map<string, string>()
  for (const { id, name } of functions) {
    const plain = toFolderName(name)
    const folder = used.has(plain.toLowerCase()) ? `${plain}-${id}` : plain
    used.add(folder.toLowerCase())
    names.set(id, folder)
  }
  return names
}
