/**
 * A new key for secrets at rest. The new key is on the disk, beside the old one, before any value is encrypted
 * with it, and takes the old one's place afterwards; so whenever the process dies, the key that fits the
 * values is there, and running this again brings it to an end.
 */
import Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { MoonletError } from '../../core/errors.js'
import { parseSecretKey } from '../../core/secret-key.js'
import { createSecretBox } from './secret-box.js'
import { loadSecretKey } from './secret-key.js'

export interface RotationOptions {
  readonly database: string
  readonly folder: string
  /** SECRET_KEY; undefined when the key is in the folder's file. */
  readonly settingKey: Uint8Array | undefined
}

interface EnvRow { readonly function: number, readonly id: string, readonly name: string, readonly value: Buffer | string }

/** Encrypts every variable anew, in one transaction; gives how many, and the file that has the new key. */
export async function rotateSecretKey ({ database, folder, settingKey }: RotationOptions): Promise<{ count: number, keyFile: string }> {
  if (!existsSync(database)) throw new MoonletError('NOT_FOUND', `There is no database at ${database}; is DATA_DIR right?`)
  const oldKey = settingKey ?? loadSecretKey(folder)
  const next = join(folder, 'secret.key.new')
  const count = encryptAnew(database, oldKey, readOrMake(next, oldKey))
  if (settingKey !== undefined) return { count, keyFile: next }
  const keyFile = join(folder, 'secret.key')
  renameSync(next, keyFile)
  return { count, keyFile }
}

/** The key of a rotation that was broken off, or a new one. */
function readOrMake (file: string, oldKey: Uint8Array): Uint8Array {
  const left = existsSync(file) ? parseSecretKey(readFileSync(file, 'utf8').trim()) : undefined
  if (left !== undefined && Buffer.compare(left, oldKey) !== 0) return left
  const key = randomBytes(32)
  const descriptor = openSync(file, 'w', 0o600)
  try {
    writeSync(descriptor, `${key.toString('hex')}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return key
}

function encryptAnew (database: string, oldKey: Uint8Array, newKey: Uint8Array): number {
  const [before, after] = [createSecretBox(oldKey), createSecretBox(newKey)]
  const db = new Database(database, { fileMustExist: true, timeout: 5000 })
  try {
    db.pragma('synchronous = full')
    const rows = db.prepare<[], EnvRow>('select e.function, f.id, e.name, e.value from env e join functions f on f.seq = e.function where e.function not in (select function from purges where version = 0)')
    const update = db.prepare<[Uint8Array, number, string]>('update env set value = ? where function = ? and name = ?')
    return db.transaction(() => {
      const all = rows.all()
      for (const { function: key, id, name, value } of all) update.run(after.seal(openEither(value, id, name), id, name), key, name)
      return all.length
    })()
  } finally {
    db.close()
  }

  /** A rotation that was broken off after its transaction has encrypted with the new key already. */
  function openEither (value: Buffer | string, id: string, name: string): string {
    try {
      return after.open(value, id, name)
    } catch {
      return before.open(value, id, name)
    }
  }
}
