/** Lists of jobs, newest first, each page from an index. */
import type { Database, Statement } from 'better-sqlite3'
import { jobStatuses, type JobFilter, type JobRecord } from '../../../core/contracts/jobs.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { ALL_JOBS } from './job-counts.js'
import type { JobParts } from './job-parts.js'
import { jobColumns, source, toJob, toStatusNumber, type JobRow } from './job-rows.js'

type PageStatement = Statement<[PageValues], JobRow>
interface PageValues {
  readonly status: number | null
  readonly functionRowId: number | null
  readonly limit: number
  readonly offset: number
  readonly end: number
}

/** Of all jobs, of those of a status, or of a function, or of both. */
interface PageStatements {
  readonly all: PageStatement
  readonly byStatus: PageStatement
  readonly byFunction: PageStatement
  readonly byBoth: PageStatement
}

export class JobList {
  private readonly pages: PageStatements
  /** While functions are being purged, whose jobs nobody sees. */
  private readonly pagesBesidePurge: PageStatements
  private readonly hasPurge: Statement<[], number>

  constructor(private readonly parts: JobParts) {
    const { db } = parts
    this.pages = preparePages(db, fromIndex)
    this.pagesBesidePurge = preparePages(db, fromRows)
    this.hasPurge = db.prepare<[], number>('select 1 from purges where version = 0 limit 1').pluck()
  }

  read({ limit, offset }: Page, { status, functionId }: JobFilter): Paged<JobRecord> {
    const { rowIds, counts } = this.parts
    const functionRowId = functionId === undefined ? ALL_JOBS : rowIds.find(functionId)
    if (functionRowId === undefined) return { rows: [], total: 0 }
    const wanted = status === undefined ? [...jobStatuses.keys()] : [toStatusNumber(status)]
    const { total } = counts.sum(functionRowId, wanted)
    if (total <= offset) return { rows: [], total }
    const held = wanted.filter(number => counts.sum(functionRowId, [number]).total > 0)
    const only = held.length === 1 ? held[0] : undefined
    const rows = this.statementFor(only !== undefined, functionId !== undefined).all({
      status: only ?? null,
      functionRowId,
      limit,
      offset,
      end: limit + offset
    })
    return { rows: rows.map(toJob), total }
  }

  private statementFor(hasStatus: boolean, hasFunction: boolean): PageStatement {
    const isPurging = this.hasPurge.get() !== undefined
    const { all, byStatus, byFunction, byBoth } = isPurging ? this.pagesBesidePurge : this.pages
    if (hasFunction) return hasStatus ? byBoth : byFunction
    return hasStatus ? byStatus : all
  }
}

type ToPage = (index: string, condition: string) => string
const order = 'order by j.id desc'

/** What the offset skips is read from the index alone. */
const fromIndex: ToPage = (index, condition) =>
  `select ${jobColumns} from (
     select j.seq from jobs j ${index} ${condition} ${order} limit :limit offset :offset
   ) n cross join jobs j on j.seq = n.seq join functions f on f.seq = j.function ${order}`

const fromRows: ToPage = (index, condition) =>
  `select ${jobColumns} ${source.replace('jobs j', `jobs j ${index}`)}
   ${condition} ${order} limit :limit offset :offset`

function preparePages(db: Database, toPage: ToPage): PageStatements {
  const page = (index: string, condition: string): PageStatement =>
    db.prepare(toPage(index, condition))
  // The index has the status before the id: the newest of each status, then the newest of those.
  const newest = [...jobStatuses.keys()]
    .map(
      status => `select * from (select seq, id from jobs indexed by jobs_by_function
        where function = :functionRowId and status = ${status} order by id desc limit :end)`
    )
    .join(' union all ')
  return {
    all: page('', ''),
    byStatus: page('indexed by jobs_by_status', 'where j.status = :status'),
    byBoth: page(
      'indexed by jobs_by_function',
      'where j.function = :functionRowId and j.status = :status'
    ),
    byFunction: db.prepare<[PageValues], JobRow>(
      `select ${jobColumns} from (select seq from (${newest}) order by id desc limit :limit offset :offset) n
       cross join jobs j on j.seq = n.seq join functions f on f.seq = j.function order by j.id desc`
    )
  }
}
