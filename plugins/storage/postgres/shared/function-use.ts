/**
 * What callers of a function meet on all servers together: how many run, and how many were refused. Each server writes
 * what it has refused, some seconds later and only where that has changed; what runs elsewhere is read from the
 * history.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { FunctionUse, UseElsewhere } from '../../../../core/contracts/shared-work.js'
import type { Database } from '../db/database.js'
import { texts } from '../db/values.js'

/** What is refused within this time is written together. */
const GATHER_MS = 2_000

const writeSql = `
insert into refusals (function_id, node, counts)
select d.id, $1::int, d.counts from unnest($2::text[], $3::text[]) as d (id, counts) order by d.id
on conflict (function_id, node) do update set counts = excluded.counts`

/** A run is in the history once it takes longer than a moment. */
const readSql = `
select (select count(*) from executions e join functions f on f.seq = e.function
    where e.status = 0 and f.id = $1 and e.node <> $2::int and node_lives(e.node))::int as running,
  (select coalesce(json_agg(r.counts::json), '[]') from refusals r
    where r.function_id = $1 and r.node <> $2::int and node_lives(r.node))::text as refused`

export class PostgresFunctionUse implements FunctionUse {
  private readonly changed = new Map<string, Readonly<Record<string, number>>>()
  private isWriting = false

  constructor(
    private readonly db: Database,
    private readonly node: () => number,
    private readonly stopping: AbortSignal
  ) {}

  noteRefused(functionId: string, counts: Readonly<Record<string, number>>): void {
    this.changed.set(functionId, counts)
    if (this.isWriting) return
    this.isWriting = true
    void this.writeAll().finally(() => {
      this.isWriting = false
    })
  }

  async elsewhere(functionId: string): Promise<UseElsewhere> {
    const [row] = await this.db.all<{ running: number; refused: string }>(
      [],
      readSql,
      functionId,
      this.node()
    )
    return {
      running: row?.running ?? 0,
      refused: JSON.parse(row?.refused ?? '[]') as UseElsewhere['refused']
    }
  }

  /** Until nothing is left that has changed. */
  private async writeAll(): Promise<void> {
    while (this.changed.size > 0) {
      await pause(GATHER_MS, undefined, { ref: false, signal: this.stopping }).catch(() => {})
      // It goes with the server.
      if (this.stopping.aborted) return
      const written = [...this.changed]
      this.changed.clear()
      await this.write(written).catch(() => {
        // The database is away; newer counts stay.
        for (const [id, counts] of written) {
          if (!this.changed.has(id)) this.changed.set(id, counts)
        }
      })
    }
  }

  private async write(counted: ReadonlyArray<readonly [string, object]>): Promise<void> {
    const values = [
      this.node(),
      texts(counted.map(([id]) => id)),
      texts(counted.map(([, counts]) => JSON.stringify(counts)))
    ]
    await this.db.background(session => session.run([{ sql: writeSql, values }]))
  }
}
