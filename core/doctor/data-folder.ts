/** The data folder: who owns it, whether a database can live in it, and how much room it has. */
import { existsSync, rmdirSync, statfsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { MoonletError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { checkKey } from '../../plugins/storage/offline-key.js'
import { createOfflineStorage } from '../../plugins/storage/offline.js'
import { toSentence } from '../process/start-error.js'
import { findings, type Finding } from './finding.js'

const MIB = 1024 ** 2
/** Below, a server that is busy fills the disk before anybody looks. */
const SPARE_BYTES = 1024 * MIB
/** Below, not even a checkpoint of the database fits. */
const MIN_FREE_BYTES = 64 * MIB

const { ok, warning, failed } = findings('data folder')

/** Writes a database of its own into the folder and removes it; what it makes of folders, it removes too. */
export function checkDataFolder(folder: string): readonly Finding[] {
  const path = resolve(folder)
  const isNew = !existsSync(path)
  const first = isNew ? firstMissing(path) : undefined
  try {
    makeFolder(folder)
    const { isInUse } = createOfflineStorage({
      DATA_DIR: folder,
      SECRET_KEY: undefined
    }).tryFolder()
    const use = isNew ? ', which the first start makes' : isInUse ? ', which a server uses' : ''
    return [ok(`A database can live in ${path}${use}.`), ...(isNew ? [] : checkModes(path))]
  } catch (error) {
    return [
      failed(
        `${path} is not fit for a database.`,
        `${toSentence(error)} Or set DATA_DIR to another folder.`
      )
    ]
  } finally {
    if (first !== undefined) removeEmpty(path, first)
  }
}

/** The uppermost folder that is to be made. */
function firstMissing(path: string): string {
  const above = dirname(path)
  return above === path || existsSync(above) ? path : firstMissing(above)
}

/** From `path` up to `first`, as long as they are empty. */
function removeEmpty(path: string, first: string): void {
  try {
    rmdirSync(path)
  } catch {
    return
  }
  if (path !== first) removeEmpty(dirname(path), first)
}

/** Keys and data are for the server's user alone. */
function checkModes(folder: string): readonly Finding[] {
  const names = ['', 'moonlet.db', 'secret.key', 'api_key.txt']
  const found = names.flatMap(name => {
    const path = join(folder, name)
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats === undefined ? [] : [{ path, mode: stats.mode & 0o777, uid: stats.uid }]
  })
  const [{ uid: owner = 0 } = {}] = found
  const isOpen = ({ path, mode }: { path: string; mode: number }) =>
    (mode & (path === join(folder, '') ? 0o022 : 0o077)) !== 0
  const open = found.filter(isOpen).map(({ path }) => path)
  const foreign = found.filter(({ uid }) => uid !== owner).map(({ path }) => path)
  const self = process.getuid?.()
  return [
    ...(open.length === 0
      ? []
      : [
          warning(
            `Others may read or change ${open.join(', ')}.`,
            `Run: chmod go= ${open.join(' ')}`
          )
        ]),
    ...(foreign.length === 0
      ? []
      : [
          failed(
            `${foreign.join(', ')} and the folder have different owners.`,
            `Run: chown --reference=${folder} ${foreign.join(' ')}`
          )
        ]),
    ...(self === undefined || self === 0 || self === owner
      ? []
      : [
          warning(
            `${folder} belongs to another user (${owner}) than the one who asks (${self}).`,
            "Run this, and the server, as the folder's owner."
          )
        ])
  ]
}

/** Whether the key opens what the database of the folder holds; nothing is said of one that does. */
export async function checkSecretKey(
  folder: string,
  settingKey: Uint8Array | undefined
): Promise<readonly Finding[]> {
  try {
    await checkKey({ database: join(folder, 'moonlet.db'), folder, settingKey })
    return []
  } catch (error) {
    if (!(error instanceof MoonletError)) throw error
    return [failed('A start with this key would be refused.', toSentence(error))]
  }
}

export function checkDisk(folder: string): Finding {
  const { ok, warning, failed } = findings('disk')
  const there = nearest(resolve(folder))
  const { bavail, bsize, files, ffree } = statfsSync(there)
  const free = bavail * bsize
  const text = `${Math.floor(free / MIB)} MiB are free for ${there}`
  const remedy = 'Free some space, or lower HISTORY_LIMIT and KV_LIMIT.'
  if (free < MIN_FREE_BYTES) return failed(`Only ${text}.`, remedy)
  if (files > 0 && ffree < 100) {
    return failed(`The disk of ${there} has room for ${ffree} more files.`, 'Remove some files.')
  }
  return free < SPARE_BYTES ? warning(`Only ${text}.`, remedy) : ok(`${text}.`)
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)))
