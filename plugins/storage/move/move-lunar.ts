/** A database of lunar into an empty PostgreSQL database, by way of a file of SQLite, which is removed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import type { ImportReport, Progress } from '../../../core/contracts/offline-storage.js'
import { importLunar } from '../import/import-lunar.js'
import { migrationsFolder } from '../storage.js'
import { moveToPostgres, refuseUsedDestination, type Destination } from './move.js'

export { isLunarDatabase } from '../import/lunar-database.js'

/** All or nothing. Throws CONFLICT, DATA_IN_USE, SETTINGS_INVALID, VALIDATION, STORAGE_FAILED. */
export async function moveLunar(
  file: string,
  destination: Destination & { readonly secretKey: Uint8Array },
  onProgress: Progress
): Promise<ImportReport> {
  await refuseUsedDestination(destination).catch(tellHow)
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-import-'))
  try {
    const database = join(folder, 'moonlet.db')
    const { secretKey } = destination
    const report = await importLunar({ file, database, migrationsFolder, secretKey, onProgress })
    await moveToPostgres(
      {
        from: database,
        dryRun: false,
        onProgress: (_what, done, total) => {
          onProgress(done, total)
        }
      },
      destination
    )
    return report
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** There is a way for what people wrote, though not for values and history. */
function tellHow(error: unknown): never {
  if (!(error instanceof MoonletError) || error.code !== 'CONFLICT') throw error
  throw new MoonletError(
    'CONFLICT',
    `${error.message} To add the functions alone to one with others, import them without DATABASE_URL into a data ` +
      'folder, export that with "moonlet export", and import what it wrote.',
    { cause: error }
  )
}
