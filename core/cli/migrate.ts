/** `moonlet migrate`: from SQLite to PostgreSQL. */
import { join } from 'node:path'
import { readDataFolder, withEnvironment } from '../../config/load.js'
import type { MoveReport } from '../contracts/offline-storage.js'
import type { Context } from './context.js'
import { openDataFolder } from './offline.js'

export interface MigrateOptions {
  readonly from?: string
  readonly to?: string
  readonly dryRun?: boolean
}

/** Moves a data folder to PostgreSQL. */
export async function migrate(context: Context, options: MigrateOptions): Promise<number> {
  const { from, to, dryRun = false } = options
  const settings = { ...context.settings, ...(to === undefined ? {} : { DATABASE_URL: to }) }
  const file = from ?? join(readDataFolder(withEnvironment(settings)), 'moonlet.db')
  const data = await openDataFolder({ ...context, settings })
  const started = performance.now()
  const report = await data.takeOver({
    from: file,
    dryRun,
    onProgress: (what, done, total) => {
      context.terminal.progress(what, done, total)
    }
  })
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const rows = report.tables.reduce((sum, table) => sum + table.rows, 0)
  context.report({ from: file, dryRun, rows, seconds, ...report })
  tell(context.terminal, report)
  const { say } = context.terminal
  if (dryRun) {
    say(`${rows} rows of ${file} would be moved; the database is reached and is empty.`)
    return 0
  }
  say(`Moved ${rows} rows of ${file} in ${seconds} s; each was read again and compared.`)
  say(
    'Start the servers with DATABASE_URL, with SECRET_KEY as it was here (or as in secret.key beside that file), and ' +
      'with one API_KEY. The file is as it was: keep it until you are content.'
  )
  return 0
}

function tell({ say }: Context['terminal'], { tables, plugins }: MoveReport): void {
  const width = Math.max(...tables.map(({ table }) => table.length))
  say(`${'table'.padEnd(width)}  ${'rows'.padStart(10)}  sum of SHA-256`, 'bold')
  for (const { table, rows, sum } of tables) {
    say(
      `${table.padEnd(width)}  ${String(rows).padStart(10)}  ${sum?.slice(0, 16) ?? ''}`.trimEnd()
    )
  }
  for (const plugin of plugins) {
    say(
      `Note: the tables of the plugin ${plugin} stay behind; Moonlet on PostgreSQL has none of plugins.`
    )
  }
}
