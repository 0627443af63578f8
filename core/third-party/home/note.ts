/** What `moonlet plugin add` notes beside a plugin's files: where it is from, and what it added when it was tried. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FILE_MODE } from '../packed/allowance.js'

/** As `GET /api/plugins` tells it of a plugin. */
export interface Additions {
  readonly modules: readonly string[]
  readonly routes: readonly string[]
  readonly hooks: readonly string[]
}

export interface Note {
  /** The archive, folder or package. */
  readonly source: string
  /** ISO 8601. */
  readonly addedAt: string
  /** Null: it was not tried. */
  readonly adds: Additions | null
}

const FILE = '.moonlet-plugin.json'

export async function writeNote(folder: string, note: Note): Promise<void> {
  const file = join(folder, FILE)
  await rm(file, { recursive: true, force: true })
  await writeFile(file, `${JSON.stringify(note, null, 2)}\n`, { flag: 'wx', mode: FILE_MODE })
}

/** Undefined: nobody wrote one that can be read. */
export async function readNote(folder: string): Promise<Note | undefined> {
  try {
    const note = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as Partial<Note> | null
    if (typeof note?.source !== 'string' || typeof note.addedAt !== 'string') return undefined
    return { source: note.source, addedAt: note.addedAt, adds: toAdditions(note.adds) }
  } catch {
    return undefined
  }
}

function toAdditions(given: unknown): Additions | null {
  const { modules, routes, hooks } = Object(given) as Partial<Additions>
  return isTexts(modules) && isTexts(routes) && isTexts(hooks) ? { modules, routes, hooks } : null
}

const isTexts = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.every(one => typeof one === 'string')
