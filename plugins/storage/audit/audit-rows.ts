/** Entries of the audit as rows. */
import type {
  AuditActor,
  AuditChange,
  AuditNote,
  AuditRecord,
  AuditState,
  AuditTarget,
  AuditVia
} from '../../../core/contracts/audit.js'
import { jobStatuses } from '../../../core/contracts/jobs.js'

export interface NewAuditRow {
  readonly at: number
  readonly actorKind: string
  readonly actorId: string | null
  readonly actorName: string | null
  readonly via: string
  readonly ip: string
  readonly action: string
  readonly targetKind: string
  readonly targetId: string | null
  readonly targetName: string | null
  readonly functionId: string | null
  readonly before: string | null
  readonly after: string | null
}

export interface AuditRow extends NewAuditRow {
  readonly id: number
}

/** Of one state. The largest settings of a function are some 20 KiB. */
const MAX_STATE_BYTES = 64 * 1024

export const toRow = (
  at: number,
  { actor, via, ip, action }: AuditNote,
  { target, before, after }: AuditChange & { readonly target: AuditTarget }
): NewAuditRow => ({
  at,
  actorKind: actor.kind,
  actorId: actor.id ?? null,
  actorName: actor.name ?? null,
  via,
  ip,
  action,
  targetKind: target.kind,
  targetId: target.id ?? null,
  targetName: target.name ?? null,
  functionId: target.functionId ?? null,
  before: format(before),
  after: format(after)
})

function format(state: AuditState | undefined): string | null {
  if (state === undefined) return null
  const json = JSON.stringify(state)
  const bytes = Buffer.byteLength(json)
  return bytes <= MAX_STATE_BYTES ? json : JSON.stringify({ too_large: bytes })
}

const parse = (json: string | null): AuditState | undefined =>
  json === null ? undefined : (JSON.parse(json) as AuditState)

export const toRecord = (row: AuditRow): AuditRecord => ({
  id: row.id,
  at: row.at,
  actor: {
    kind: row.actorKind as AuditActor['kind'],
    id: row.actorId ?? undefined,
    name: row.actorName ?? undefined
  },
  via: row.via as AuditVia,
  ip: row.ip,
  action: row.action,
  target: {
    kind: row.targetKind,
    id: row.targetId ?? undefined,
    name: row.targetName ?? undefined,
    functionId: row.functionId ?? undefined
  },
  before: parse(row.before),
  after: parse(row.after)
})

/** Results of changes that have found nothing to do. */
export const isRefusal = (result: unknown): boolean =>
  result === false || (typeof result === 'string' && refusals.includes(result))
const refusals: readonly string[] = ['missing', 'active', ...jobStatuses]
const MAX_NAME = 200

export const toValueTarget = (functionId: string, key: Uint8Array): AuditTarget => ({
  kind: 'value',
  name: Buffer.from(key.subarray(0, MAX_NAME)).toString('utf8'),
  functionId: functionId === '' ? undefined : functionId
})
