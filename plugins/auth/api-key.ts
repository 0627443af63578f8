/** The key of the management API: from the settings, or from a file that is made at the first start. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../../config/schema.js'
import { MoonletError } from '../../core/base/errors.js'
import { makeFolder } from '../../core/base/make-folder.js'
import { createPrivateFile } from '../../core/base/private-file.js'

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
  if (await createKeyFile(file, key)) return { key, createdFile: file }
  // Another process was faster; its key is the key.
  return { key: (await readKey(file)) ?? key }
}

/** False: there is a file already. */
async function createKeyFile(file: string, key: string): Promise<boolean> {
  makeFolder(dirname(file))
  try {
    return await createPrivateFile(file, `${key}\n`)
  } catch (cause) {
    throw invalid(file, `cannot be made (${codeOf(cause)}). Make it writable for this user`, cause)
  }
}

/** Undefined when there is no file. */
async function readKey(file: string): Promise<string | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw invalid(file, `cannot be read (${codeOf(cause)}). Make it readable for this user`, cause)
  }
  const key = text.trim()
  if (key === '') {
    throw invalid(file, 'is empty. Delete it to have a new key made')
  }
  if (/\s/.test(key)) {
    throw invalid(
      file,
      'must hold one key without blanks. Correct it, delete it to have a new key made'
    )
  }
  return key
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)

/** `problem` ends with what can be done; the other way out is always the setting. */
const invalid = (file: string, problem: string, cause?: unknown): MoonletError =>
  new MoonletError('SETTINGS_INVALID', `The API key file ${file} ${problem}, or set API_KEY.`, {
    cause
  })
