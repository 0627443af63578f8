/** The key of the management API: from the settings, or from a file that is made at the first start. */
import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../../config/schema.js'
import { MoonletError } from '../../core/base/errors.js'
import { makeFolder } from '../../core/base/make-folder.js'
import { PRIVATE_FILE } from '../../core/base/private-file.js'

export interface ApiKey {
  readonly key: string
  /** Set when this call has made the file. */
  readonly createdFile?: string
}

/**
 * Gives API_KEY, else what `api_key.txt` in the data folder holds, else makes that file (64 hex characters,
 * readable by its owner alone). Throws SETTINGS_INVALID when the file is there but holds no key.
 */
export async function readOrCreateApiKey({
  API_KEY,
  DATA_DIR
}: Pick<Config, 'API_KEY' | 'DATA_DIR'>): Promise<ApiKey> {
  if (API_KEY !== undefined) return { key: API_KEY }
  const file = join(DATA_DIR, 'api_key.txt')
  const present = await readKey(file)
  if (present !== undefined) return { key: present }
  const key = randomBytes(32).toString('hex')
  if (await createWhole(file, `${key}\n`)) return { key, createdFile: file }
  // Another process was faster; its key is the key.
  return { key: (await readKey(file)) ?? key }
}

const problem = (file: string, what: string, cause: unknown) =>
  new MoonletError(
    'SETTINGS_INVALID',
    `The API key file ${file} cannot be ${what} (${(cause as NodeJS.ErrnoException).code}). Make it ${what === 'read' ? 'readable' : 'writable'} for this user, or set API_KEY.`,
    { cause }
  )

/** Undefined when there is no file. */
async function readKey(file: string): Promise<string | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw problem(file, 'read', cause)
  }
  const key = text.trim()
  if (key === '') {
    throw new MoonletError(
      'SETTINGS_INVALID',
      `The API key file ${file} is empty. Delete it to have a new key made, or set API_KEY.`
    )
  }
  if (/\s/.test(key)) {
    throw new MoonletError(
      'SETTINGS_INVALID',
      `The API key file ${file} must hold one key without blanks. Correct it, delete it to have a new key made, or set API_KEY.`
    )
  }
  return key
}

/** Makes the file with all of its text or not at all, also when the power fails. False: there is one already. */
async function createWhole(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  makeFolder(dirname(file))
  try {
    const handle = await open(draft, 'wx', PRIVATE_FILE)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return await putInPlace(draft, file)
  } catch (cause) {
    throw problem(file, 'made', cause)
  } finally {
    await rm(draft, { force: true })
  }
}

async function putInPlace(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // Some file systems have no links.
    await rename(draft, file)
  }
  return true
}
