/** `moonlet init`: a folder becomes a project. What is there already stays as it is. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { Client } from './client.js'
import { readConfig, readUrl } from './config.js'
import { DEFINITIONS_FILE, writeEditorFiles } from './editor-files.js'
import { readIfThere, writeIfAbsent, writeWhole } from './files.js'
import { PROJECT_FILE } from './project.js'

const ignored = ['.moonlet/', '*.mine', '*.tmp']

export async function init(context: Context, folder = '.'): Promise<number> {
  const place = resolve(folder)
  await mkdir(place, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure('failed', `${place} cannot be made (${String(error.code)})`)
  })
  const url = await serverUrl()
  const project = `${JSON.stringify({ ...(url === undefined ? {} : { url }) }, null, 2)}\n`
  const isNew = await writeIfAbsent(join(place, PROJECT_FILE), project)
  await ignore(place)
  const hasDefinitions = await writeForEditors(place, url)
  const { terminal } = context
  terminal.say(isNew ? `${place} is a project now.` : `${place} was a project already.`)
  if (!hasDefinitions) {
    terminal.note(`${DEFINITIONS_FILE}, with which editors complete, comes with the first pull`)
  }
  terminal.say('Next: "moonlet new hello --template http", then "moonlet push".')
  context.report({ folder: place, url, created: isNew, definitions: hasDefinitions })
  return exitCodes.done
}

async function serverUrl(): Promise<string | undefined> {
  const { MOONLET_URL = '' } = process.env
  return MOONLET_URL === '' ? (await readConfig()).current : readUrl(MOONLET_URL)
}

/** Also without a server: what comes from it can come later. */
async function writeForEditors(place: string, url: string | undefined): Promise<boolean> {
  if (url === undefined) {
    await writeEditorFiles(place, undefined)
    return false
  }
  try {
    // Readable by everybody: no token is sent.
    await writeEditorFiles(place, new Client(url, ''))
    return true
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return false
  }
}

async function ignore(place: string): Promise<void> {
  const file = join(place, '.gitignore')
  const text = (await readIfThere(file)) ?? ''
  const lines = text.split('\n')
  const missing = ignored.filter(line => !lines.includes(line))
  if (missing.length === 0) return
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`
  await writeWhole(file, `${before}${missing.join('\n')}\n`)
}
