/** The key of secrets at rest, in a file that is created at the first start unless the settings have one. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { createPrivateFile } from '../../../core/base/private-file.js'
import { parseSecretKey } from '../../../config/secret-key.js'

export const SECRET_KEY_FILE = 'secret.key'
/** The new key of a rotation, until it takes the place of the other. */
export const NEXT_KEY_FILE = 'secret.key.new'
const BYTES = 32

/**
 * Returns the key of the data folder; creates it, with mode 600 and on the disk, when there is none. A key is only ever
 * seen whole, also by another process that starts at the same moment. Rejects with SETTINGS_INVALID when the file holds
 * no key.
 */
export async function loadSecretKey(folder: string): Promise<Uint8Array> {
  const file = join(folder, SECRET_KEY_FILE)
  return parse(file, (await readIfThere(file)) ?? (await createKeyFile(file)))
}

/** The same, or that of another file in the folder, but undefined when there is none. */
export async function findSecretKey(
  folder: string,
  name = SECRET_KEY_FILE
): Promise<Uint8Array | undefined> {
  const file = join(folder, name)
  const text = await readIfThere(file)
  return text === undefined ? undefined : parse(file, text)
}

function parse(file: string, text: string): Uint8Array {
  const key = parseSecretKey(text.trim())
  if (key === undefined) {
    throw new MoonletError(
      'SETTINGS_INVALID',
      `${file} does not hold a key of ${BYTES} bytes as 64 hex digits or base64. ` +
        'Restore it from a backup: without it the environment variables cannot be read.'
    )
  }
  return key
}

/** Another process may create it at the same moment: the key is whichever is in place. */
async function createKeyFile(file: string): Promise<string> {
  await createPrivateFile(file, `${randomBytes(BYTES).toString('hex')}\n`)
  return await readFile(file, 'utf8')
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new MoonletError(
      'SETTINGS_INVALID',
      `The key file ${file} cannot be read: ${(error as Error).message}. Check its owner and mode.`,
      { cause: error }
    )
  }
}
