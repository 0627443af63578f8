/** The servers on this database, each with what it has said of itself. */
import type { NodeBook, NodeFigures, NodeRecord } from '../../../../core/contracts/shared-work.js'
import type { Database } from '../db/database.js'
import type { Statement } from '../db/statement.js'

interface Parts {
  readonly db: Database
  readonly node: () => number
  /** The number of the newest change that this server knows of. */
  readonly changeSeen: () => number
}

interface Row {
  readonly id: number
  readonly host: string
  readonly version: string
  readonly startedAt: number
  readonly seenAt: number
  readonly ageMs: number
  readonly isLeading: boolean
  readonly isAlive: boolean
  readonly skewMs: number | null
  readonly behind: number | null
  readonly figures: string | null
}

/** How long a server that has died is shown. */
const SHOWN_MS = 86_400_000
/** Of a server that dies after each start nobody wants to see every one. */
const MAX_GONE = 20

const listSql = `
select n.id, n.host, n.version, n.started_at as "startedAt", coalesce(n.seen_at, n.started_at * 1000) as "seenAt",
  greatest(0, now_ms() - coalesce(n.seen_at, n.started_at * 1000)) as "ageMs",
  n.lease_until > now_ms() as "isAlive", n.lease_until > now_ms() and l.node is not null as "isLeading",
  n.skew_ms as "skewMs", greatest(0, c.n - n.change_seen) as behind, n.figures
from nodes n cross join change_number c left join leads l on l.node = n.id and l.name = 'schedules'
where n.lease_until > now_ms() or n.id in (
  select g.id from nodes g where g.lease_until between now_ms() - ${SHOWN_MS} and now_ms()
  order by g.id desc limit ${MAX_GONE})
order by n.id`

const reportSql = `
update nodes set figures = $2, seen_at = now_ms(), skew_ms = $3 - now_ms(), change_seen = $4 where id = $1`

export class PostgresNodeBook implements NodeBook {
  private figures: (() => NodeFigures) | undefined

  constructor(private readonly parts: Parts) {}

  describe(figures: () => NodeFigures): void {
    this.figures = figures
  }

  /** To be written with the lease. */
  report(): Statement[] {
    const { figures, parts } = this
    if (figures === undefined) return []
    const values = [parts.node(), JSON.stringify(figures()), Date.now(), parts.changeSeen()]
    return [{ sql: reportSql, values }]
  }

  async list(): Promise<NodeRecord[]> {
    const rows = await this.parts.db.all<Row>([], listSql)
    return rows.map(({ skewMs, behind, figures, ...row }) => ({
      ...row,
      isThis: row.id === this.parts.node(),
      skewMs: skewMs ?? undefined,
      behind: behind ?? undefined,
      figures: figures === null ? undefined : (JSON.parse(figures) as NodeFigures)
    }))
  }
}
