/** Writes requests to other servers as rows. */
import type { Database, Statement } from 'better-sqlite3'
import { bytesOf } from '../quotas/row-bytes.js'
import { requestColumns, toRequestValues, type RequestPart } from './request-columns.js'

type Kind = RequestPart['kind']

export class RequestStatements {
  private readonly inserts: Readonly<Record<Kind, Statement>>
  private readonly leftOut: Statement<[number, number]>

  /** `countBytes` is called with the bytes of each row, as quotas measure them. */
  constructor(
    db: Database,
    private readonly countBytes: (bytes: number) => void
  ) {
    this.inserts = {
      ai: prepareInsert(db, 'ai'),
      email: prepareInsert(db, 'email'),
      http: prepareInsert(db, 'http')
    }
    this.leftOut = db.prepare('update executions set http_left_out = ? where seq = ?')
  }

  insert(rowId: number, part: RequestPart): void {
    const { values, measured } = toRequestValues(part)
    this.inserts[part.kind].run(part.request.id, rowId, ...values)
    this.countBytes(bytesOf(`${part.kind}_requests`, ...measured))
  }

  /** `count` is how many requests were made beyond those that are kept. */
  noteLeftOut(rowId: number, count: number): void {
    this.leftOut.run(count, rowId)
  }
}

function prepareInsert(db: Database, kind: Kind): Statement {
  const columns = ['id', 'execution', ...requestColumns[kind]]
  return db.prepare(
    `insert into ${kind}_requests (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`
  )
}
