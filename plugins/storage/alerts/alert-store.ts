/** AlertStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type {
  AlertMessage,
  AlertRecord,
  AlertState,
  AlertStore,
  StoredMessage
} from '../../../core/contracts/alerts.js'
import type { Batch } from '../db/batch.js'
import type { SecretBox } from '../secrets/secret-box.js'
import { toAlert, toAlertColumns, type AlertRow } from './alert-rows.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly secrets: SecretBox
}

interface MessageRow {
  readonly seq: number
  readonly alertId: string
  readonly message: string
  readonly attempts: number
  readonly dueAt: number
}

export class SqliteAlertStore implements AlertStore {
  private readonly sql: ReturnType<typeof prepareStatements>

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
  }

  list(): Promise<AlertRecord[]> {
    return this.parts.batch.read(() =>
      this.sql.list.all().map(row => toAlert(this.parts.secrets, row))
    )
  }

  create({ id, rule, state, createdAt, updatedAt }: AlertRecord): Promise<void> {
    return this.parts.batch.write(() => {
      const [text, target] = toAlertColumns(this.parts.secrets, id, rule)
      this.sql.insert.run(id, text, target, JSON.stringify(state), createdAt, updatedAt)
    })
  }

  update({ id, rule, state, updatedAt }: AlertRecord): Promise<boolean> {
    return this.parts.batch.write(() => {
      const [text, target] = toAlertColumns(this.parts.secrets, id, rule)
      return this.sql.update.run(text, target, JSON.stringify(state), updatedAt, id).changes > 0
    })
  }

  remove(id: string): Promise<boolean> {
    return this.parts.batch.transaction(() => {
      this.sql.removeMessages.run(id)
      return this.sql.remove.run(id).changes > 0
    })
  }

  saveState(id: string, state: AlertState, message?: AlertMessage): Promise<void> {
    return this.parts.batch.transaction(() => {
      this.sql.saveState.run(JSON.stringify(state), id)
      if (message !== undefined) {
        this.sql.addMessage.run(JSON.stringify(message), message.at * 1000, id)
      }
    })
  }

  messages(): Promise<StoredMessage[]> {
    return this.parts.batch.read(() =>
      this.sql.messages
        .all()
        .map(row => ({ ...row, message: JSON.parse(row.message) as AlertMessage }))
    )
  }

  postpone(seq: number, attempts: number, dueAt: number): Promise<void> {
    return this.parts.batch.write(() => {
      this.sql.postpone.run(attempts, dueAt, seq)
    })
  }

  removeMessage(seq: number): Promise<void> {
    return this.parts.batch.write(() => {
      this.sql.removeMessage.run(seq)
    })
  }
}

function prepareStatements(db: Database) {
  return {
    list: db.prepare<[], AlertRow>(
      `select id, rule, target, state, created_at as createdAt, updated_at as updatedAt
       from alerts order by seq`
    ),
    insert: db.prepare<[string, string, Uint8Array, string, number, number]>(
      `insert into alerts (id, rule, target, state, created_at, updated_at)
       values (?, ?, ?, ?, ?, ?)`
    ),
    update: db.prepare<[string, Uint8Array, string, number, string]>(
      'update alerts set rule = ?, target = ?, state = ?, updated_at = ? where id = ?'
    ),
    remove: db.prepare<[string]>('delete from alerts where id = ?'),
    removeMessages: db.prepare<[string]>(
      'delete from alert_messages where alert = (select seq from alerts where id = ?)'
    ),
    saveState: db.prepare<[string, string]>('update alerts set state = ? where id = ?'),
    addMessage: db.prepare<[string, number, string]>(
      `insert into alert_messages (alert, message, due_at)
       select seq, ?, ? from alerts where id = ?`
    ),
    messages: db.prepare<[], MessageRow>(
      `select m.seq, a.id as alertId, m.message, m.attempts, m.due_at as dueAt
       from alert_messages m join alerts a on a.seq = m.alert order by m.seq`
    ),
    postpone: db.prepare<[number, number, number]>(
      'update alert_messages set attempts = ?, due_at = ? where seq = ?'
    ),
    removeMessage: db.prepare<[number]>('delete from alert_messages where seq = ?')
  }
}
