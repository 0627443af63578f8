/** What people are told about quotas: one warning when most of one is used, and why a write was rejected. */
import { MoonletError } from '../../../core/base/errors.js'
import { ALL, SHARED, type StoredKind } from './stored-bytes.js'

/** More than WARN_AT of a quota is used. Sent once, until less than CALM_AT is used. */
export interface QuotaNotice {
  readonly kind: StoredKind
  /** Undefined: of all functions together, or of the store that they share. */
  readonly functionId: string | undefined
  readonly setting: string
  readonly bytes: number
  readonly limit: number
}

const WARN_AT = 0.8
const CALM_AT = 0.6

const settings = {
  history: { one: 'HISTORY_LIMIT_PER_FUNCTION', all: 'HISTORY_LIMIT' },
  kv: { one: 'KV_LIMIT_PER_FUNCTION', all: 'KV_LIMIT' }
} as const satisfies Record<StoredKind, object>

const settingOf = (account: number, kind: StoredKind): string =>
  settings[kind][account === ALL ? 'all' : 'one']

export class QuotaWarnings {
  private readonly warned = new Set<string>()

  constructor(
    private readonly findFunctionId: (functionRowId: number) => string | undefined,
    private readonly onNotice: (notice: QuotaNotice) => void
  ) {}

  check(account: number, kind: StoredKind, bytes: number, limit: number): void {
    const isCalm = bytes <= limit * CALM_AT
    if (isCalm && this.warned.size === 0) return
    const quota = `${account} ${kind}`
    if (isCalm) this.warned.delete(quota)
    if (bytes <= limit * WARN_AT || this.warned.has(quota)) return
    this.warned.add(quota)
    const functionId = account === ALL ? undefined : this.findFunctionId(account)
    this.onNotice({ kind, functionId, setting: settingOf(account, kind), bytes, limit })
  }
}

interface Exceeded {
  readonly used: number
  readonly limit: number
  readonly wanted: number
}

export function kvQuotaError(account: number, { used, limit, wanted }: Exceeded): MoonletError {
  return new MoonletError(
    'QUOTA_EXCEEDED',
    `no room for ${wanted} bytes more: of ${limit} bytes for ${nameOf(account)} ` +
      `(setting ${settingOf(account, 'kv')}) ${used} are in use; nothing was changed`
  )
}

function nameOf(account: number): string {
  if (account === ALL) return 'all stores together'
  return account === SHARED ? 'the shared store' : 'the store of this function'
}
