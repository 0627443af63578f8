/** The key of a data folder, compared with what its database holds: a wrong one is refused before it is used. */
import type { Database } from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { putInPlace } from '../../../core/base/private-file.js'
import { createSecretBox } from './secret-box.js'
import { opensSecrets } from './sealed-values.js'
import { findSecretKey, loadSecretKey, NEXT_KEY_FILE, SECRET_KEY_FILE } from './secret-key.js'

export interface KeyPlace {
  readonly database: string
  readonly folder: string
  /** SECRET_KEY; undefined when the key is in the folder's file. */
  readonly settingKey: Uint8Array | undefined
}

/** A key of 32 bytes, or what finds it once the database is open and its schema current. */
export type KeySource = Uint8Array | ((db: Database) => Promise<Uint8Array>)

export const readKey = async (source: KeySource, db: Database): Promise<Uint8Array> =>
  typeof source === 'function' ? await source(db) : source

/**
 * The key that a database is opened with; made where nothing is encrypted yet and there is none. It rejects with
 * SETTINGS_INVALID when what is stored was encrypted with another one. `mayRepair`, which takes the lock of the folder:
 * the new key of a rotation that was killed is put in its place.
 */
export async function createKeySource(
  place: KeyPlace,
  { mayRepair }: { readonly mayRepair: boolean }
): Promise<KeySource> {
  const { database, folder, settingKey } = place
  // Before the database is made, so that none is there without its key.
  if (!existsSync(database)) return settingKey ?? (await loadSecretKey(folder))
  return async db => {
    const choice = await chooseKey(db, place)
    if (choice === undefined) return settingKey ?? (await loadSecretKey(folder))
    if (mayRepair && choice.file === NEXT_KEY_FILE) {
      await putInPlace(join(folder, NEXT_KEY_FILE), join(folder, SECRET_KEY_FILE))
    }
    return choice.key
  }
}

interface Choice {
  readonly key: Uint8Array
  /** In the folder; undefined: it is that of the setting. */
  readonly file: string | undefined
}

/** Undefined where nothing is encrypted. Rejects with SETTINGS_INVALID. */
export async function chooseKey(db: Database, place: KeyPlace): Promise<Choice | undefined> {
  const choice = await findChoice(db, place)
  if (choice === 'none fits') throw await refuseKey(db, place)
  return choice
}

/** Whether something is encrypted, and neither setting nor files have its key. */
export const isKeyLost = async (db: Database, place: KeyPlace): Promise<boolean> =>
  (await findChoice(db, place)) === 'none fits' && (await findFitting(db, place)) === undefined

async function findChoice(
  db: Database,
  place: KeyPlace
): Promise<Choice | 'none fits' | undefined> {
  const { folder, settingKey } = place
  const key = settingKey ?? (await findSecretKey(folder))
  // Any key tells whether there is something to be opened.
  const isRight = opensSecrets(db, createSecretBox(key ?? new Uint8Array(32)))
  if (isRight === undefined) return undefined
  if (key !== undefined && isRight) {
    return { key, file: settingKey === undefined ? SECRET_KEY_FILE : undefined }
  }
  return (settingKey === undefined ? await findFitting(db, place) : undefined) ?? 'none fits'
}

/** The file of the folder that has the key. */
async function findFitting(db: Database, { folder }: KeyPlace): Promise<Choice | undefined> {
  for (const file of [SECRET_KEY_FILE, NEXT_KEY_FILE]) {
    const key = await findSecretKey(folder, file)
    if (key !== undefined && opensSecrets(db, createSecretBox(key)) === true) return { key, file }
  }
  return undefined
}

async function refuseKey(db: Database, place: KeyPlace): Promise<MoonletError> {
  const { database, folder, settingKey } = place
  const file = join(folder, SECRET_KEY_FILE)
  const what = `${database} holds variables or other secrets that were encrypted with another key`
  const fitting = await findFitting(db, place)
  if (fitting?.file !== undefined) {
    const right = join(folder, fitting.file)
    return invalid(
      `${what} than the one in the setting SECRET_KEY. ${right} has the right one: set SECRET_KEY to its text.`
    )
  }
  const [problem, remedy] =
    settingKey !== undefined
      ? [`${what} than the one in the setting SECRET_KEY.`, 'Set SECRET_KEY to the key of before']
      : existsSync(file)
        ? [`${what} than the one in ${file}.`, 'Put the key file of before back from its backup']
        : [
            `${database} holds variables or other secrets that are encrypted, and their key is missing: ` +
              `there is no ${file}, and SECRET_KEY is not set.`,
            'Put the key file back from its backup, or set SECRET_KEY'
          ]
  return invalid(
    `${problem} ${remedy}; if that key is lost, "moonlet discard-secrets" removes what nobody can read any more.`
  )
}

const invalid = (message: string): MoonletError => new MoonletError('SETTINGS_INVALID', message)
