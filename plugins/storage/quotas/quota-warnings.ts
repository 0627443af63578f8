/** What people are told about quotas: one warning when most of one is used, and why a write was rejected. */
import { MoonletError } from '../../../core/base/errors.js'
import type { OwnQuotas } from './own-limits.js'
import { ALL, SHARED, type StoredKind } from './stored-bytes.js'

/** More than WARN_AT of a quota is used. Sent once, until less than CALM_AT is used. */
export interface QuotaNotice {
  readonly kind: StoredKind
  /** Undefined: of all functions together, or of the store that they share. */
  readonly functionId: string | undefined
  /** Of the server, or of the function (`kv_bytes`, `history_bytes`). */
  readonly setting: string
  readonly bytes: number
  readonly limit: number
}

const WARN_AT = 0.8
const CALM_AT = 0.6

const settings = {
  history: { own: 'history_bytes', one: 'HISTORY_LIMIT_PER_FUNCTION', all: 'HISTORY_LIMIT' },
  kv: { own: 'kv_bytes', one: 'KV_LIMIT_PER_FUNCTION', all: 'KV_LIMIT' }
} as const satisfies Record<StoredKind, object>

interface Exceeded {
  readonly used: number
  readonly limit: number
  readonly wanted: number
}

/** Of a function its row id or its id; ALL and SHARED stand for themselves. */
type Account = number | string

export class QuotaWarnings<Of extends Account> {
  private readonly warned = new Set<string>()

  constructor(
    private readonly findFunctionId: (account: Of) => string | undefined,
    private readonly ownLimits: { of(account: Of): OwnQuotas | undefined },
    private readonly onNotice: (notice: QuotaNotice) => void
  ) {}

  check(account: Of, kind: StoredKind, bytes: number, limit: number): void {
    const isCalm = bytes <= limit * CALM_AT
    if (isCalm && this.warned.size === 0) return
    const quota = `${account} ${kind}`
    if (isCalm) this.warned.delete(quota)
    if (bytes <= limit * WARN_AT || this.warned.has(quota)) return
    this.warned.add(quota)
    const functionId = account === ALL ? undefined : this.findFunctionId(account)
    this.onNotice({ kind, functionId, setting: this.settingOf(account, kind), bytes, limit })
  }

  private settingOf(account: Of, kind: StoredKind): string {
    if (account === ALL) return settings[kind].all
    return settings[kind][this.ownLimits.of(account)?.[kind] === undefined ? 'one' : 'own']
  }

  /** Why a write was rejected. */
  kvError(account: Of, { used, limit, wanted }: Exceeded): MoonletError {
    return new MoonletError(
      'QUOTA_EXCEEDED',
      `no room for ${wanted} bytes more: of ${limit} bytes for ${nameOf(account)} ` +
        `(setting ${this.settingOf(account, 'kv')}) ${used} are in use; nothing was changed`
    )
  }
}

function nameOf(account: Account): string {
  if (account === ALL) return 'all stores together'
  return account === SHARED ? 'the shared store' : 'the store of this function'
}
