/** The key of secrets at rest: from the settings, or from a file that is made at the first start. */
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { PRIVATE_FILE } from '../../../core/base/private-file.js'
import { parseSecretKey } from '../../../config/secret-key.js'

const FILE = 'secret.key'
const BYTES = 32

/**
 * Gives the key of the data folder; makes it, with mode 600, when there is none. A key is only ever seen whole,
 * also by another process that starts at the same moment. Throws SETTINGS_INVALID when the file holds no key.
 */
export function loadSecretKey(folder: string): Uint8Array {
  const file = join(folder, FILE)
  const text = readIfThere(file) ?? createKeyFile(file)
  const key = parseSecretKey(text.trim())
  if (key === undefined) {
    throw new MoonletError(
      'SETTINGS_INVALID',
      `${file} does not hold a key of ${BYTES} bytes as 64 hex digits or base64. Restore it from a backup: without it the environment variables cannot be read.`
    )
  }
  return key
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new MoonletError(
      'SETTINGS_INVALID',
      `The key file ${file} cannot be read: ${(error as Error).message}. Check its owner and mode.`,
      { cause: error }
    )
  }
}

function createKeyFile(file: string): string {
  const part = `${file}.${process.pid}`
  // One that a start of the same process id left behind.
  rmSync(part, { force: true })
  writeFileSync(part, `${randomBytes(BYTES).toString('hex')}\n`, { mode: PRIVATE_FILE, flag: 'wx' })
  try {
    // Unlike rename, link does not replace a key that appeared meanwhile.
    linkSync(part, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(part)
  }
  return readFileSync(file, 'utf8')
}
