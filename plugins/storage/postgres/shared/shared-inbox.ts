/** What servers tell the one that watches for alerts. */
import type { SharedInbox } from '../../../../core/contracts/shared-work.js'
import type { Database } from '../db/database.js'
import { texts } from '../db/values.js'

export const createSharedInbox = (db: Database): SharedInbox => ({
  async post(notices) {
    await db.change(
      [],
      'insert into alert_notices (at, notice) select now_ms(), n from unnest($1::text[]) as n',
      texts(notices.map(notice => JSON.stringify(notice)))
    )
  },
  async read(limit) {
    const rows = await db.all<{ seq: number; notice: string }>(
      [],
      'select seq, notice from alert_notices order by seq limit $1',
      limit
    )
    return rows.map(({ seq, notice }) => ({ seq, notice: JSON.parse(notice) as unknown }))
  },
  async remove(seq) {
    await db.change([], 'delete from alert_notices where seq <= $1', seq)
  }
})
