/** The masks that replace the values of each function's variables in texts; cached until the variables change. */
import type { Database, Statement } from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import { createSecretMask, type SecretMask } from '../../../core/masking/event.js'
import type { ChangeFeed } from '../db/change-feed.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import type { SecretBox } from './secret-box.js'

export type { SecretMask }

interface Parts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly secrets: SecretBox
  /** Tells whose variables change. */
  readonly changes: ChangeFeed
}
interface VariableRow {
  readonly name: string
  readonly value: Buffer | string
}

const MAX_CACHED = 5_000

export class SecretMasks {
  private readonly variables: Statement<[number], VariableRow>
  private readonly cached = new LRUCache<string, { readonly mask: SecretMask | undefined }>({
    max: MAX_CACHED
  })

  constructor(private readonly parts: Parts) {
    this.variables = parts.db.prepare('select name, value from env where function = ?')
    parts.changes.onChange(functionId => {
      this.cached.delete(functionId)
    })
  }

  /** Undefined for a function without variables. Never throws. */
  of(functionId: string): SecretMask | undefined {
    const cached = this.cached.get(functionId)
    if (cached !== undefined) return cached.mask
    try {
      const mask = this.createMask(functionId)
      this.cached.set(functionId, { mask })
      return mask
    } catch {
      // Values that cannot be opened are not known to the function either.
      return undefined
    }
  }

  private createMask(functionId: string): SecretMask | undefined {
    const { rowIds, secrets } = this.parts
    const rowId = rowIds.find(functionId)
    const rows = rowId === undefined ? [] : this.variables.all(rowId)
    if (rows.length === 0) return undefined
    return createSecretMask(rows.map(({ name, value }) => secrets.open(value, functionId, name)))
  }
}
