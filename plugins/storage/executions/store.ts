/** ExecutionStore on SQLite: the writer, the lists and retention put together. */
import type { Database } from 'better-sqlite3'
import type { ExecutionRecord } from '../../../core/contracts/records.js'
import type { ExecutionStore } from '../../../core/contracts/executions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { Batch } from '../db/batch.js'
import type { ExecutionCounts } from './counts.js'
import { createExecutionExpiry } from './expiry.js'
import { createExecutionList } from './list.js'
import type { ExecutionRemover } from './remover.js'
import {
  executionColumns,
  toExecution,
  wholeColumns,
  toLogEntry,
  type ExecutionRow,
  type LogRow
} from './rows.js'
import type { ExecutionWriter } from './writer.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import type { IdSkew } from './id-skew.js'
import type { Purges } from './purges.js'
import { bytesSql } from '../quotas/row-bytes.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'
import {
  aiColumns,
  emailColumns,
  httpColumns,
  toAiRequest,
  toEmailRequest,
  toHttpRequest,
  type AiRow,
  type EmailRow,
  type HttpRow
} from './request-rows.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly counts: ExecutionCounts
  readonly skew: IdSkew
  readonly writer: ExecutionWriter
  readonly remover: ExecutionRemover
  readonly purges: Purges
  readonly stored: StoredBytes
}

/** Of functions and versions that are still there. */
const visible = `from executions e join functions f on f.seq = e.function
  where not exists (select 1 from purges p where p.function = e.function and p.version in (0, e.version))`

export function createExecutionStore({
  db,
  batch,
  rowIds,
  counts,
  skew,
  writer,
  remover,
  purges,
  stored
}: Parts): ExecutionStore {
  const find = db.prepare<[string], ExecutionRow>(`select ${wholeColumns} ${visible} and e.id = ?`)
  const findListed = db.prepare<[string], ExecutionRow>(
    `select ${executionColumns}, null as responseJson ${visible} and e.id = ?`
  )
  const rowOf = db.prepare<[string], number>(`select e.seq ${visible} and e.id = ?`).pluck()
  const newest = db.prepare<[number, string], ExecutionRow>(`
    select ${executionColumns}, null as responseJson from executions e indexed by executions_by_function join functions f on f.seq = e.function
    where e.function = ? and e.version not in (select value from json_each(?)) order by e.id desc limit 1`)
  const lists = createExecutionList({ db, batch, counts, skew })
  const lastId = db.prepare<[], string | null>('select max(id) from executions').pluck()
  const unfinished = db.prepare<
    [],
    { seq: number; function: number; version: number; trigger: string; bytes: number }
  >(`
    select seq, function, version, trigger, ${bytesSql('executions')} as bytes from executions where status = 0`)
  const sizeOf = db
    .prepare<[number], number>(`select ${bytesSql('executions')} from executions where seq = ?`)
    .pluck()
  const close = db.prepare<[string, string]>(
    'update executions set status = 2, error_message = ?, fault_json = ? where status = 0'
  )

  const part = (table: string, columns: string, order: string) => ({
    rows: db.prepare(
      `select ${columns} from ${table} r join executions e on e.seq = r.execution where r.execution = ? order by ${order} limit ? offset ?`
    ),
    count: db.prepare<[number], number>(`select count(*) from ${table} where execution = ?`).pluck()
  })
  const logs = part('logs', 'r.level, r.message, r.created_at as createdAt', 'r.n')
  const aiRequests = part('ai_requests', aiColumns, 'r.id')
  const emailRequests = part('email_requests', emailColumns, 'r.id')
  const httpRequests = part('http_requests', httpColumns, 'r.id')
  const leftOut = db
    .prepare<[string], number | null>('select http_left_out from executions where id = ?')
    .pluck()
  const readHttp = readPart<HttpRow, ReturnType<typeof toHttpRequest>>(httpRequests, toHttpRequest)

  function readOne(statement: typeof find) {
    return (id: string): Promise<ExecutionRecord | undefined> => {
      writer.showOne(id)
      return batch.read(() => {
        const row = statement.get(id)
        return row === undefined ? undefined : toExecution(row)
      })
    }
  }

  /** A page of what belongs to an execution. */
  function readPart<Row, T>(statements: ReturnType<typeof part>, convert: (row: Row) => T) {
    return (executionId: string, { limit, offset }: Page): Promise<Paged<T>> => {
      writer.showOne(executionId)
      return batch.read(() => {
        const row = rowOf.get(executionId)
        if (row === undefined) return { rows: [], total: 0 }
        return {
          rows: (statements.rows.all(row, limit, offset) as Row[]).map(convert),
          total: statements.count.get(row) ?? 0
        }
      })
    }
  }

  return {
    begin: writer.begin,
    linkToExecution: writer.linkToExecution,
    appendLogs: writer.appendLogs,
    appendAiRequest: writer.appendAiRequest,
    appendEmailRequest: writer.appendEmailRequest,
    appendHttpRequest: writer.appendHttpRequest,
    finish: writer.finish,
    find: readOne(find),
    findListed: readOne(findListed),
    async list(functionId, page, filter = {}) {
      writer.show(execution => execution.functionId === functionId)
      const key = await batch.read(() => rowIds.find(functionId))
      return key === undefined
        ? { rows: [], total: 0 }
        : lists.list(key, page, filter, purges.versionsOf(key))
    },
    logs: readPart<LogRow, ReturnType<typeof toLogEntry>>(logs, toLogEntry),
    aiRequests: readPart<AiRow, ReturnType<typeof toAiRequest>>(aiRequests, toAiRequest),
    emailRequests: readPart<EmailRow, ReturnType<typeof toEmailRequest>>(
      emailRequests,
      toEmailRequest
    ),
    async httpRequests(executionId, page) {
      const found = await readHttp(executionId, page)
      return { ...found, leftOut: await batch.read(() => leftOut.get(executionId) ?? 0) }
    },
    latest(functionIds) {
      const wanted = new Set(functionIds)
      writer.show(({ functionId }) => wanted.has(functionId))
      return batch.read(() => {
        const rows = [...wanted].flatMap(id => {
          const key = rowIds.find(id)
          const row =
            key === undefined ? undefined : newest.get(key, JSON.stringify(purges.versionsOf(key)))
          return row === undefined ? [] : [[id, toExecution(row)] as const]
        })
        return new Map(rows)
      })
    },
    closeUnfinished: (fault, errorMessage) =>
      batch.transaction(() => {
        const rows = unfinished.all()
        close.run(errorMessage, JSON.stringify(fault))
        for (const row of rows) {
          counts.add(row.function, row.version, row.trigger, 0, -1)
          counts.add(row.function, row.version, row.trigger, 2, 1)
          stored.add(row.function, 'history', (sizeOf.get(row.seq) ?? 0) - row.bytes)
        }
        return rows.length
      }),
    expire: createExecutionExpiry({ db, batch, remover }),
    lastId: () => batch.read(() => lastId.get() ?? undefined)
  }
}
