/** The id of a function in its function.json: by it the folder and the server know each other. */
import { join } from 'node:path'
import { SETTINGS_FILE, toFileText } from '../../../export-import/function-file.js'
import { SCHEMA_FILE } from '../editor-files.js'
import { writeWhole } from '../files.js'
import type { LocalFunction } from './local.js'

/** Written before anything is sent: a push that is interrupted and tried again makes no second function. */
export async function ensureId(folder: string, local: LocalFunction, id: string): Promise<void> {
  if (local.id === id) return
  const fields = local.file ?? { name: local.name }
  const text = toFileText({ $schema: `../${SCHEMA_FILE}`, ...fields, id })
  await writeWhole(join(folder, local.folder, SETTINGS_FILE), text)
}
