/**
 * Alerts: rules by which somebody is told that something goes wrong, and that it has recovered. Messages are stored
 * with the change of state that they tell of, and stay until they are delivered or given up. Times are Unix
 * milliseconds; storage.ts says when a promise settles.
 */

/**
 * What a rule looks at. failure: executions that failed; job_dead: jobs that failed for good; schedule_late: a schedule
 * without a success for so long; queue_full: calls that were turned away; disk_low: little room on the disk.
 */
export const alertKinds = [
  'failure',
  'job_dead',
  'schedule_late',
  'queue_full',
  'disk_low'
] as const
export type AlertKind = (typeof alertKinds)[number]

export const webhookFormats = ['json', 'slack', 'discord', 'ntfy'] as const
export type WebhookFormat = (typeof webhookFormats)[number]

export interface WebhookTarget {
  readonly kind: 'webhook'
  readonly url: string
  readonly format: WebhookFormat
  readonly headers: Readonly<Record<string, string>>
}

export interface MailTarget {
  readonly kind: 'mail'
  readonly to: readonly string[]
}

export interface FunctionTarget {
  readonly kind: 'function'
  readonly functionId: string
}

export type AlertTarget = WebhookTarget | MailTarget | FunctionTarget

export interface AlertRule {
  readonly name: string
  readonly on: AlertKind
  /** undefined: all functions, or the server. */
  readonly functionId: string | undefined
  readonly enabled: boolean
  /** failure, job_dead, queue_full: how many within the window. */
  readonly threshold: number
  readonly windowMinutes: number
  /** schedule_late: for how long it may go without a success. */
  readonly lateMinutes: number
  /** disk_low: MiB that are to stay free. */
  readonly minFreeMb: number
  /** A rule that has told something tells no new trouble for so long. */
  readonly repeatMinutes: number
  readonly target: AlertTarget
}

export interface AlertState {
  readonly isFiring: boolean
  /** Since when it is in this state; 0: ever since. */
  readonly since: number
  /** What it has counted since it began to fire. */
  readonly count: number
  /** Somebody was told that it fires, and is to be told when that is over. */
  readonly isTold: boolean
  /** When it last told of trouble; 0: never. */
  readonly toldAt: number
  /** When a message was last delivered. */
  readonly deliveredAt: number | undefined
  /** Why the last delivery failed; undefined after one that did not. */
  readonly error: string | undefined
  /** The job of the last message to a function. */
  readonly jobId: string | undefined
}

export interface AlertRecord {
  readonly id: string
  readonly rule: AlertRule
  readonly state: AlertState
  readonly createdAt: number
  readonly updatedAt: number
}

/** What is told, in whatever shape. */
export interface AlertMessage {
  readonly alert: { readonly id: string; readonly name: string }
  readonly on: AlertKind
  readonly status: 'firing' | 'ok' | 'test'
  readonly title: string
  readonly text: string
  readonly function_id?: string | undefined
  readonly function_name?: string | undefined
  readonly execution_id?: string | undefined
  readonly job_id?: string | undefined
  readonly count: number
  /** Unix seconds, as all that follow. */
  readonly since: number
  readonly at: number
  /** Where people see more. */
  readonly url: string
}

export interface StoredMessage {
  readonly seq: number
  readonly alertId: string
  readonly message: AlertMessage
  /** Attempts so far. */
  readonly attempts: number
  readonly dueAt: number
}

export interface AlertStore {
  /** Oldest first. Rejects with STORAGE_FAILED when a target cannot be decrypted. */
  list(): Promise<AlertRecord[]>
  create(alert: AlertRecord): Promise<void>
  /** False: there is none of this id. */
  update(alert: AlertRecord): Promise<boolean>
  /** Its messages go too. */
  remove(id: string): Promise<boolean>
  /** Together with the message that tells of it, if there is one. Nothing, when there is no such alert any more. */
  saveState(id: string, state: AlertState, message?: AlertMessage): Promise<void>
  /** Those of all alerts that are not delivered, oldest first. */
  messages(): Promise<StoredMessage[]>
  /** A failed attempt. */
  postpone(seq: number, attempts: number, dueAt: number): Promise<void>
  /** Delivered, or given up. */
  removeMessage(seq: number): Promise<void>
}
