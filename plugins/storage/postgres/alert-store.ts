/** AlertStore on PostgreSQL. */
import type { AlertMessage, AlertStore, StoredMessage } from '../../../core/contracts/alerts.js'
import { toAlert, toAlertColumns, type AlertRow } from '../alerts/alert-rows.js'
import type { SecretBox } from '../secrets/secret-box.js'
import type { Database } from './db/database.js'
import { noteTopic } from './functions/change-feed.js'

const TAGS = ['alerts']
const TOPIC = 'alerts'

/** Other servers, which keep alerts in memory, hear of changes. `node` is this one. */
export const createAlertStore = (
  db: Database,
  secrets: SecretBox,
  node: () => number
): AlertStore => ({
  ...createMessageStore(db, node),
  async list() {
    const rows = await db.all<AlertRow>(
      TAGS,
      `select id, rule, target, state, created_at as "createdAt", updated_at as "updatedAt" from alerts order by seq`
    )
    return rows.map(row => toAlert(secrets, row))
  },
  create({ id, rule, state, createdAt, updatedAt }) {
    const [text, target] = toAlertColumns(secrets, id, rule)
    return db.write(TAGS, batch => {
      batch.add(
        `insert into alerts (id, rule, target, state, created_at, updated_at) values ($1, $2, $3, $4, $5, $6)`,
        id,
        text,
        target,
        JSON.stringify(state),
        createdAt,
        updatedAt
      )
      batch.add(...noteTopic(TOPIC, node))
      return () => {}
    })
  },
  update({ id, rule, state, updatedAt }) {
    const [text, target] = toAlertColumns(secrets, id, rule)
    return db.write(TAGS, batch => {
      const slot = batch.add(
        'update alerts set rule = $1, target = $2, state = $3, updated_at = $4 where id = $5',
        text,
        target,
        JSON.stringify(state),
        updatedAt,
        id
      )
      batch.add(...noteTopic(TOPIC, node))
      return () => slot.count > 0
    })
  },
  remove: id =>
    db.write(TAGS, batch => {
      batch.add(
        'delete from alert_messages where alert = (select seq from alerts where id = $1)',
        id
      )
      const slot = batch.add('delete from alerts where id = $1', id)
      batch.add(...noteTopic(TOPIC, node))
      return () => slot.count > 0
    })
})

/** States, and the messages that tell of them. */
const createMessageStore = (
  db: Database,
  node: () => number
): Pick<AlertStore, 'saveState' | 'messages' | 'postpone' | 'removeMessage'> => ({
  saveState: (id, state, message) =>
    db.write(TAGS, batch => {
      batch.add('update alerts set state = $1 where id = $2', JSON.stringify(state), id)
      if (message !== undefined) {
        batch.add(
          'insert into alert_messages (alert, message, due_at) select seq, $1, $2 from alerts where id = $3',
          JSON.stringify(message),
          message.at * 1000,
          id
        )
      }
      batch.add(...noteTopic(TOPIC, node))
      return () => {}
    }),
  async messages() {
    const rows = await db.all<Omit<StoredMessage, 'message'> & { readonly message: string }>(
      TAGS,
      `select m.seq, a.id as "alertId", m.message, m.attempts, m.due_at as "dueAt"
       from alert_messages m join alerts a on a.seq = m.alert order by m.seq`
    )
    return rows.map(row => ({ ...row, message: JSON.parse(row.message) as AlertMessage }))
  },
  async postpone(seq, attempts, dueAt) {
    await db.change(
      TAGS,
      'update alert_messages set attempts = $1, due_at = $2 where seq = $3',
      attempts,
      dueAt,
      seq
    )
  },
  async removeMessage(seq) {
    await db.change(TAGS, 'delete from alert_messages where seq = $1', seq)
  }
})
