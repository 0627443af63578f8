/** `moonlet new`: a function in the folder, from one of the dashboard's templates. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CODE_FILE, SETTINGS_FILE, toFileText } from '../../export-import/function-file.js'
import { toFolderName } from '../../export-import/folder-names.js'
import { checkName } from '../../validation/function-fields.js'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { SCHEMA_FILE, writeEditorFiles } from './editor-files.js'
import { ensureFolder, writeIfAbsent, writeWhole } from './files.js'
import { findProject, isThere } from './project.js'
import { templates, type TemplateId } from './templates.js'

export async function newFunction(
  context: Context,
  name: string,
  { template }: { readonly template: string }
): Promise<number> {
  checkName(name)
  if (!isTemplate(template)) {
    throw new Failure(
      'usage',
      `There is no template "${template}"; there are: ${Object.keys(templates).join(', ')}`
    )
  }
  const { folder: project } = await findProject()
  const folder = toFolderName(name)
  const place = join(project, folder)
  if (await isThere(place)) throw new Failure('failed', `${place} is there already`)
  const { settings, variable } = templates[template]
  const code = await readFile(new URL(`../templates/${template}.lua`, import.meta.url), 'utf8')
  await ensureFolder(place)
  await writeIfAbsent(join(place, CODE_FILE), code)
  await writeWhole(
    join(place, SETTINGS_FILE),
    toFileText({ $schema: `../${SCHEMA_FILE}`, name, ...settings })
  )
  await writeEditorFiles(project, undefined)
  const { terminal } = context
  terminal.say(`Wrote ${join(folder, CODE_FILE)} and ${join(folder, SETTINGS_FILE)}.`)
  if (variable !== undefined) {
    terminal.say(`After the first push: moonlet env set ${name} ${variable}=…`)
  }
  context.report({ name, folder: place, template, variable })
  return exitCodes.done
}

const isTemplate = (text: string): text is TemplateId => Object.hasOwn(templates, text)
