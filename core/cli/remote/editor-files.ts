/** Files that editors read: the definitions of the Lua APIs, and the schema of function.json. */
import { join } from 'node:path'
import { functionFileJsonSchema } from '../../export-import/function-schema.js'
import { MODULES_FOLDER } from '../../export-import/shared-modules.js'
import type { Client } from './client.js'
import { readIfThere, writeIfAbsent, writeWhole } from './files.js'

export const DEFINITIONS_FILE = 'moonlet.lua'
export const SCHEMA_FILE = 'moonlet.schema.json'
const LUARC_FILE = '.luarc.json'

/** For the Lua language server: the dialect of functions, and where their globals are declared. */
const luarc = {
  $schema: 'https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json',
  'runtime.version': 'Lua 5.3',
  'runtime.path': ['?.lua', '?/init.lua', `${MODULES_FOLDER}/?.lua`],
  'workspace.library': [DEFINITIONS_FILE],
  'workspace.checkThirdParty': false,
  'diagnostics.disable': ['lowercase-global']
}

/** Written where they are missing or old; the settings of the language server may be the user's own and stay. */
export async function writeEditorFiles(folder: string, client: Client | undefined): Promise<void> {
  await writeIfAbsent(join(folder, LUARC_FILE), `${JSON.stringify(luarc, null, 2)}\n`)
  await writeIfOther(
    join(folder, SCHEMA_FILE),
    `${JSON.stringify(functionFileJsonSchema, null, 2)}\n`
  )
  if (client === undefined) return
  const { bytes } = await client.bytes('/moonlet.lua')
  const text = bytes.toString('utf8')
  if (text.startsWith('---@meta')) await writeIfOther(join(folder, DEFINITIONS_FILE), text)
}

async function writeIfOther(file: string, text: string): Promise<void> {
  if ((await readIfThere(file)) !== text) await writeWhole(file, text)
}
