/**
 * Replaces the key of secrets at rest. The new key is on the disk, beside the old one, before any value is encrypted
 * with it, and takes the old one's place afterwards; so whenever the process dies, the key that opens the values
 * exists, and running this again completes the rotation.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { putInPlace, writePrivateFile } from '../../../core/base/private-file.js'
import { parseSecretKey } from '../../../config/secret-key.js'
import { openDatabase } from '../db/open.js'
import { createKeySource, readKey, type KeyPlace } from './checked-key.js'
import { rotateSecrets } from './rotate-secrets.js'
import { WrongKeyError } from './secret-box.js'
import { findSecretKey, NEXT_KEY_FILE, SECRET_KEY_FILE } from './secret-key.js'

/** Encrypts every variable anew, in one transaction; returns how many, and the file with the new key. */
export async function rotateSecretKey(
  place: KeyPlace
): Promise<{ count: number; keyFile: string }> {
  const { database, folder, settingKey } = place
  if (!existsSync(database)) {
    throw new MoonletError('NOT_FOUND', `There is no database at ${database}; is DATA_DIR right?`)
  }
  const oldKey = settingKey ?? (await findSecretKey(folder)) ?? (await findMissing(place))
  const next = join(folder, NEXT_KEY_FILE)
  const left = readLeft(next, oldKey)
  const count =
    left === undefined
      ? rotateSecrets(database, oldKey, await makeKey(next))
      : finishRotation(database, oldKey, left)
  if (settingKey !== undefined) return { count, keyFile: next }
  const keyFile = join(folder, SECRET_KEY_FILE)
  await putInPlace(next, keyFile)
  return { count, keyFile }
}

/** Without a key file: that of a rotation, put in place; a new one only where it is of no matter. */
async function findMissing(place: KeyPlace): Promise<Uint8Array> {
  const source = await createKeySource(place, { mayRepair: true })
  const db = openDatabase(place.database)
  try {
    return await readKey(source, db)
  } finally {
    db.close()
  }
}

/** The key of an interrupted rotation; undefined when there is none. */
function readLeft(file: string, oldKey: Uint8Array): Uint8Array | undefined {
  const left = existsSync(file) ? parseSecretKey(readFileSync(file, 'utf8').trim()) : undefined
  return left === undefined || Buffer.compare(left, oldKey) === 0 ? undefined : left
}

/**
 * The interrupted rotation encrypted either all values with the new key, or none. What fails for another reason, such
 * as a disk that is still full, says nothing of keys.
 */
function finishRotation(database: string, oldKey: Uint8Array, newKey: Uint8Array): number {
  try {
    return rotateSecrets(database, oldKey, newKey)
  } catch (error) {
    if (!(error instanceof WrongKeyError)) throw error
    return rotateSecrets(database, newKey, newKey)
  }
}

/** Creates a key; it is on the disk before it is used. */
async function makeKey(file: string): Promise<Uint8Array> {
  const key = randomBytes(32)
  await writePrivateFile(file, `${key.toString('hex')}\n`)
  return key
}
