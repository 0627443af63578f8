/** Which of the servers on the database runs the minutes of schedules. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SharedWork } from '../../../core/contracts/shared-work.js'
import { idBound } from '../executions/id-skew.js'
import type { Database } from './db/database.js'
import { texts } from './db/values.js'

/** While the database is away. */
const RETRY_MS = 500
/** How often it is looked whether a minute has been run, until it has. */
const LOOK_MS = 1000

interface Parts {
  readonly db: Database
  readonly node: () => number
  /** Rejects while that is not known. */
  readonly lead: () => Promise<boolean>
  readonly now: () => number
}

/** Of a minute that was taken: there is an execution or a job of it, whatever came of that. */
const recorded = `(
  exists (select 1 from executions e where e.function = schedule_ticks.function and e.id >= schedule_ticks.after_id
    and e.trigger = 'cron' and e.node = schedule_ticks.node)
  or exists (select 1 from jobs j where j.function = schedule_ticks.function and j.id >= schedule_ticks.after_id
    and j.trigger = 'cron'))`

/** $1 functions, $2 minute, $3 this server, $4 an id before those of its executions. */
const takeSql = `
insert into schedule_ticks (function, scheduled, node, after_id)
select seq, $2::int8, $3::int, $4 from functions where id = any($1::text[]) order by seq
on conflict (function) do update set scheduled = excluded.scheduled, node = excluded.node, after_id = excluded.after_id
  where schedule_ticks.scheduled < excluded.scheduled
    or schedule_ticks.scheduled = excluded.scheduled and schedule_ticks.node is not null
      and not exists (select 1 from nodes n where n.id = schedule_ticks.node and n.lease_until > now_ms())
      and not ${recorded}
returning (select id from functions where seq = schedule_ticks.function) as id`

const openSql = `
select f.id from functions f left join schedule_ticks on schedule_ticks.function = f.seq
where f.id = any($1::text[]) and f.disabled = 0 and f.cron_status = 'active' and f.cron_schedule <> ''
  and (schedule_ticks.scheduled is null or schedule_ticks.scheduled < $2::int8
    or schedule_ticks.scheduled = $2::int8 and schedule_ticks.node is not null and not ${recorded})`

/**
 * One server leads, so that it knows whether the run before is still going; a row that only grows keeps a leader that
 * was cut off and came back from running what the next one has run.
 */
export class ScheduleTicks implements Pick<SharedWork, 'claimTick' | 'claimTicks'> {
  constructor(private readonly parts: Parts) {}

  async claimTick(functionId: string, scheduled: number, until: number): Promise<boolean> {
    const { lead, now } = this.parts
    for (;;) {
      try {
        return (await lead()) && (await this.take([functionId], scheduled)).length > 0
      } catch (error) {
        if (now() + RETRY_MS >= until) throw error
        await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
  }

  async claimTicks(
    functionIds: readonly string[],
    scheduled: number,
    until: number,
    run: (functionId: string) => void
  ): Promise<void> {
    const { lead, now } = this.parts
    for (let open = functionIds; open.length > 0;) {
      let failure: unknown
      try {
        if (await lead()) for (const id of await this.take(open, scheduled)) run(id)
        open = await this.findOpen(open, scheduled)
      } catch (error) {
        failure = error
      }
      const pause = failure === undefined ? LOOK_MS : RETRY_MS
      if (open.length > 0 && now() + pause >= until) {
        if (failure !== undefined) throw failure
        return
      }
      if (open.length > 0) await sleep(pause, undefined, { ref: false })
    }
  }

  private take(functionIds: readonly string[], scheduled: number): Promise<string[]> {
    const afterId = idBound(Math.floor(Date.now() / 1000))
    return this.parts.db.write([], batch => {
      const slot = batch.add(takeSql, texts(functionIds), scheduled, this.parts.node(), afterId)
      return () => slot.result.rows.map(({ id }) => String(id))
    })
  }

  private async findOpen(functionIds: readonly string[], scheduled: number): Promise<string[]> {
    const rows = await this.parts.db.all<{ id: string }>([], openSql, texts(functionIds), scheduled)
    return rows.map(({ id }) => id)
  }
}
