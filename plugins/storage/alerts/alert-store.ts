/** AlertStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type {
  AlertMessage,
  AlertRecord,
  AlertRule,
  AlertState,
  AlertStore,
  AlertTarget,
  StoredMessage
} from '../../../core/contracts/alerts.js'
import type { Batch } from '../db/batch.js'
import type { SecretBox } from '../secrets/secret-box.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly secrets: SecretBox
}

interface AlertRow {
  readonly id: string
  readonly rule: string
  readonly target: Buffer
  readonly state: string
  readonly createdAt: number
  readonly updatedAt: number
}

interface MessageRow {
  readonly seq: number
  readonly alertId: string
  readonly message: string
  readonly attempts: number
  readonly dueAt: number
}

/** What is authenticated with a sealed target. */
export const targetContext = (alertId: string): string => `alert\0${alertId}`
export const targetName = (alertId: string): string => `The target of the alert ${alertId}`

/** JSON leaves them out. */
const nothing = { deliveredAt: undefined, error: undefined, jobId: undefined }

export class SqliteAlertStore implements AlertStore {
  private readonly sql: ReturnType<typeof prepareStatements>

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
  }

  list(): Promise<AlertRecord[]> {
    return this.parts.batch.read(() => this.sql.list.all().map(row => this.toRecord(row)))
  }

  create({ id, rule, state, createdAt, updatedAt }: AlertRecord): Promise<void> {
    return this.parts.batch.write(() => {
      const [text, target] = this.toColumns(id, rule)
      this.sql.insert.run(id, text, target, JSON.stringify(state), createdAt, updatedAt)
    })
  }

  update({ id, rule, state, updatedAt }: AlertRecord): Promise<boolean> {
    return this.parts.batch.write(() => {
      const [text, target] = this.toColumns(id, rule)
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

  private toColumns(id: string, { target, ...rule }: AlertRule): [string, Uint8Array] {
    const bytes = Buffer.from(JSON.stringify(target))
    return [JSON.stringify(rule), this.parts.secrets.sealBytes(bytes, targetContext(id))]
  }

  private toRecord({ id, rule, target, state, createdAt, updatedAt }: AlertRow): AlertRecord {
    const bytes = this.parts.secrets.openBytes(target, targetContext(id), targetName(id))
    return {
      id,
      rule: {
        functionId: undefined,
        ...(JSON.parse(rule) as Omit<AlertRule, 'target' | 'functionId'>),
        target: JSON.parse(bytes.toString('utf8')) as AlertTarget
      },
      state: { ...nothing, ...(JSON.parse(state) as Omit<AlertState, keyof typeof nothing>) },
      createdAt,
      updatedAt
    }
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
