/** Storage on a real file, for tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Storage } from '../../../core/contracts/storage.js'
import { openStorage } from '../../../plugins/storage/storage.js'

export const SECRET_KEY = Buffer.alloc(32, 7)

/** An empty folder that is removed when the test ends, after what was opened later is closed. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-storage-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function openAt(t: Test, file: string, clock?: { now: number }): Promise<Storage> {
  const storage = await openStorage({
    file,
    secretKey: SECRET_KEY,
    ...(clock === undefined ? {} : { nowMs: () => clock.now })
  })
  t.teardown(() => storage.close())
  return storage
}

export const openNew = async (t: Test, clock?: { now: number }): Promise<Storage> =>
  openAt(t, join(await temporaryFolder(t), 'moonlet.db'), clock)
