/** `moonlet import`: functions from the files of an export, or from a database of lunar. */
import { stat } from 'node:fs/promises'
import type { ImportReport, OfflineStorage } from '../contracts/offline-storage.js'
import { MoonletError } from '../base/errors.js'
import { createIdSource } from '../base/ids.js'
import { importFunctions } from '../export-import/import.js'
import { whyReserved } from '../lua/reserved-names.js'
import { openDataFolder } from './offline.js'
import type { Context } from './context.js'
import type { Terminal } from './terminal.js'

/** A folder is taken for an export, a file for a database of lunar. */
export async function importFrom(context: Context, path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new MoonletError('NOT_FOUND', `There is nothing at ${path}`)
  const data = await openDataFolder(context)
  if (found.isDirectory()) return importFolder(context.terminal, data, path)
  if (!(await data.isLunarDatabase(path))) {
    throw new MoonletError(
      'VALIDATION',
      `${path} is neither a folder that "moonlet export" wrote nor a database of lunar. ` +
        'For a backup, use "moonlet restore".'
    )
  }
  const report = await data.importLunar(path, (done, total) => {
    context.terminal.progress('Importing', done, total)
  })
  return tellReport(context.terminal, report)
}

async function importFolder(
  terminal: Terminal,
  offline: OfflineStorage,
  folder: string
): Promise<number> {
  const data = await offline.open({ alone: true })
  try {
    const report = await importFunctions(
      data.storage,
      createIdSource(),
      folder,
      ({ folder, action, note }) => {
        terminal.say(`${action.padEnd(9)}  ${folder}${note === undefined ? '' : `: ${note}`}`)
      },
      whyReserved
    )
    return report.some(({ action }) => action === 'failed') ? 1 : 0
  } finally {
    await data.close()
  }
}

const names = {
  functions: 'functions',
  function_versions: 'versions',
  kv_store: 'key-value entries',
  env_vars: 'variables',
  executions: 'executions',
  logs: 'log lines',
  ai_requests: 'AI requests',
  email_requests: 'email requests'
} as const satisfies Record<keyof ImportReport['tables'], string>

/** Rows that make no sense are told and left out; the import is done all the same. */
function tellReport(terminal: Terminal, { tables, problems, notes }: ImportReport): number {
  const width = Math.max(...Object.values(names).map(name => name.length))
  terminal.say(`${''.padEnd(width)}  taken over  here already  left out`)
  let refused = 0
  for (const [table, name] of Object.entries(names)) {
    const counts = tables[table as keyof typeof names]
    refused += counts.refused
    terminal.say(
      `${name.padEnd(width)}  ${String(counts.taken).padStart(10)}  ` +
        `${String(counts.present).padStart(12)}  ${String(counts.refused).padStart(8)}`
    )
  }
  for (const note of notes) terminal.say(`Note: ${note}`)
  for (const { table, row, reason } of problems) {
    terminal.say(`Left out: ${table} ${row}: ${reason}`)
  }
  if (refused > problems.length) {
    terminal.say(
      `… and ${refused - problems.length} more rows, most of them because of what they belong to`
    )
  }
  return 0
}
