/** A SQLite database of Moonlet into an empty PostgreSQL database: everything or nothing, in batches. */
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DatabaseAddress } from '../../../config/database-url.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { MoveOptions, MoveReport, MovedRows } from '../../../core/contracts/offline-storage.js'
import { isStorageError, toStorageError } from '../db/failure.js'
import { codeOf, messageOf } from '../postgres/db/error-text.js'
import { isAway } from '../postgres/db/failure.js'
import { toStartFailure } from '../postgres/start-failure.js'
import { createSecretBox, type SecretBox } from '../secrets/secret-box.js'
import { findSecretKey } from '../secrets/secret-key.js'
import { RowSums } from './row-sums.js'
import { openSource, type Source } from './source.js'
import { movedTables, type MovedTable, type SourceRow } from './tables.js'
import { openTarget, type Target } from './target.js'

export interface Destination {
  readonly address: DatabaseAddress
  readonly waitMs: number
  /** In the place of that of the data folder. */
  readonly secretKey: Uint8Array | undefined
}

/** Rows and bytes of one statement at most. */
const BATCH_ROWS = 2_000
const BATCH_BYTES = 4 * 1024 ** 2

/**
 * Fills the database and compares it row by row with the file. Whatever goes wrong: the file is only read, and the
 * database stays empty. Throws DATA_IN_USE, SETTINGS_INVALID, VALIDATION, CONFLICT, STORAGE_FAILED.
 */
export async function moveToPostgres(
  { from, dryRun, onProgress }: MoveOptions,
  { address, waitMs, secretKey }: Destination
): Promise<MoveReport> {
  const source = await openSource(from, (done, total) => {
    onProgress('Copying', done, total)
  })
  try {
    const key = secretKey ?? (await findSecretKey(dirname(from)))
    if (key === undefined) {
      throw new MoonletError(
        'SETTINGS_INVALID',
        `There is no secret.key beside ${from}: set SECRET_KEY to the key of the server that wrote it.`
      )
    }
    const secrets = createSecretBox(key)
    source.checkKey(secrets)
    const target = await openTarget(address, waitMs, !dryRun)
    try {
      await refuseUsed(target)
      const tables = dryRun
        ? countAll(source)
        : await new Move({ source, target, secrets, onProgress }).run(key).catch(tellLost)
      return { tables, plugins: source.plugins() }
    } finally {
      await target.close()
    }
  } catch (error) {
    throw explain(error, address)
  } finally {
    source.close()
  }
}

/** Throws DATA_IN_USE or CONFLICT for a database in which something is or works, and changes nothing. */
export async function refuseUsedDestination({ address, waitMs }: Destination): Promise<void> {
  try {
    const target = await openTarget(address, waitMs, false)
    await refuseUsed(target).finally(() => target.close())
  } catch (error) {
    throw explain(error, address)
  }
}

/** PostgreSQL's code for a lock that was not to be had. */
const LOCKED = '55P03'

function explain(error: unknown, address: DatabaseAddress): MoonletError {
  if (codeOf(error) === LOCKED) {
    const words = 'Somebody else writes to that database, such as another "moonlet migrate".'
    return new MoonletError('DATA_IN_USE', words, { cause: error })
  }
  return isStorageError(error) ? toStorageError(error) : toStartFailure(error, address)
}

/** Of a connection that was there there is more to say than why one cannot be made. */
function tellLost(error: unknown): never {
  if (!isAway(error)) throw error
  throw new MoonletError(
    'STORAGE_FAILED',
    `The connection to the database was lost (${messageOf(error)}). Either nothing was moved or everything: ` +
      'run this again, which moves it, or says that the database is not empty.',
    { cause: error }
  )
}

/** PostgreSQL's codes for values that a column cannot hold begin so. */
const WRONG_VALUE = '22'

async function refuseUsed(target: Target): Promise<void> {
  if (await target.hasServers()) {
    throw new MoonletError('DATA_IN_USE', 'A server runs on that database: stop it first.')
  }
  const tables = await target.notEmpty()
  if (tables.length === 0) return
  throw new MoonletError(
    'CONFLICT',
    `That database is not empty (it has rows in ${tables.join(', ')}): name an empty one, as createdb makes it.`
  )
}

const countAll = (source: Source): MovedRows[] =>
  movedTables.map(table => ({ table: table.name, rows: source.count(table) }))

interface Parts {
  readonly source: Source
  readonly target: Target
  readonly secrets: SecretBox
  readonly onProgress: MoveOptions['onProgress']
}

class Move {
  /** Rows of all tables, each of them written and read. */
  private steps = 0
  private done = 0

  constructor(private readonly parts: Parts) {}

  async run(key: Uint8Array): Promise<MovedRows[]> {
    const { source, target } = this.parts
    const counts = countAll(source)
    this.steps = 2 * counts.reduce((sum, { rows }) => sum + rows, 0)
    await target.begin(key)
    // What was there is looked at once more: now nobody else writes.
    await refuseUsed(target)
    const moved: MovedRows[] = []
    for (const table of movedTables) {
      moved.push(
        await this.moveTable(table).catch((error: unknown) => {
          if (!codeOf(error).startsWith(WRONG_VALUE)) throw error
          const words = `The table ${table.name} has a value that PostgreSQL cannot hold (${messageOf(error)}).`
          throw new MoonletError('STORAGE_FAILED', `${words} Nothing was moved.`, { cause: error })
        })
      )
    }
    await target.commit()
    return moved
  }

  private async moveTable(table: MovedTable): Promise<MovedRows> {
    const { source, target } = this.parts
    const columns = [...target.columns(table).keys()]
    if (table.replaces === true) await target.clear(table)
    const written = new RowSums(columns)
    const sizes: number[] = []
    // While a batch is on its way, the next one is read.
    let sending: Promise<void> | undefined
    for (const rows of this.batches(table, columns)) {
      for (const row of rows) written.add(row)
      sizes.push(rows.length)
      await sending
      sending = target.insert(table, rows)
      sending.catch(() => {})
      this.tell(rows.length)
      await nextTurn()
    }
    await sending
    if (table.counter !== undefined) await target.setCounter(table, source.lastNumber(table))
    const found = await this.readBack(table, columns, sizes)
    if (found.rows !== written.rows || found.sum !== written.sum) {
      throw new MoonletError(
        'STORAGE_FAILED',
        `The table ${table.name} came out different: ${written.rows} rows with the sum ${written.sum} were sent, ` +
          `${found.rows} with the sum ${found.sum} were read. Nothing was moved.`
      )
    }
    return { table: table.name, rows: written.rows, sum: written.sum }
  }

  private async readBack(
    table: MovedTable,
    columns: readonly string[],
    sizes: readonly number[]
  ): Promise<RowSums> {
    const found = new RowSums(columns)
    for await (const rows of this.parts.target.read(table, sizes)) {
      for (const row of rows) found.add(row)
      this.tell(rows.length)
    }
    return found
  }

  private *batches(table: MovedTable, columns: readonly string[]): Generator<SourceRow[]> {
    const { source, secrets } = this.parts
    let rows: SourceRow[] = []
    let bytes = 0
    for (const row of source.rows(table, columns)) {
      table.change?.(row, secrets)
      rows.push(row)
      bytes += sizeOf(row)
      if (rows.length < BATCH_ROWS && bytes < BATCH_BYTES) continue
      yield rows
      rows = []
      bytes = 0
    }
    if (rows.length > 0) yield rows
  }

  private tell(rows: number): void {
    this.done += rows
    this.parts.onProgress('Moving', Math.min(this.done, this.steps), this.steps)
  }
}

function sizeOf(row: SourceRow): number {
  let bytes = 0
  for (const value of Object.values(row)) {
    if (value !== null) bytes += typeof value === 'number' ? 8 : value.length
  }
  return bytes
}
