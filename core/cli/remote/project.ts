/** The folder that a project lives in. */
import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../failure.js'
import { readUrl } from './config.js'
import { readIfThere } from './files.js'

export const PROJECT_FILE = 'moonlet.json'

export interface Project {
  readonly folder: string
  /** Of the server that it belongs to. */
  readonly url: string | undefined
}

/** The nearest folder from the working directory upwards with a moonlet.json; without one, the working directory. */
export async function findProject(): Promise<Project> {
  const start = process.cwd()
  for (let folder = start; ; folder = dirname(folder)) {
    const text = await readIfThere(join(folder, PROJECT_FILE))
    if (text !== undefined) return { folder, url: readProjectUrl(folder, text) }
    if (folder === dirname(folder)) return { folder: start, url: undefined }
  }
}

function readProjectUrl(folder: string, text: string): string | undefined {
  const file = join(folder, PROJECT_FILE)
  let url: unknown
  try {
    url = (JSON.parse(text) as { url?: unknown } | null)?.url
  } catch {
    throw new Failure('failed', `${file} is not JSON`)
  }
  if (url === undefined) return undefined
  if (typeof url !== 'string') throw new Failure('failed', `${file}: "url" must be a text`)
  return readUrl(url)
}

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )
