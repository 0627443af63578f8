/** A stored value as the audit sees it: its size and expiry, never the value. */
import type { Database } from 'better-sqlite3'
import type { AuditState } from '../../../core/contracts/audit.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import { prepareKvStatements } from '../kv/kv-statements.js'
import { SHARED } from '../quotas/stored-bytes.js'

interface Parts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly nowMs: () => number
}

/** Creates a reader of one entry; an empty `functionId` stands for the shared store. Undefined: there is none. */
export function createValueStateReader({
  db,
  rowIds,
  nowMs
}: Parts): (functionId: string, key: Uint8Array) => AuditState | undefined {
  const { getSize } = prepareKvStatements(db)
  return (functionId, key) => {
    const owner = functionId === '' ? SHARED : rowIds.find(functionId)
    const entry = owner === undefined ? undefined : getSize.get(owner, key, nowMs())
    if (entry === undefined) return undefined
    return {
      bytes: entry.bytes,
      expires_at: entry.expiresAt === null ? undefined : Math.ceil(entry.expiresAt / 1000)
    }
  }
}
