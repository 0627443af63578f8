/**
 * The masks that replace the values of each function's variables, and of those that all functions share, in texts;
 * cached until the variables change.
 */
import type { Database, Statement } from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import { createFormsMask, findForms, type SecretMask } from '../../../core/masking/event.js'
import type { ChangeFeed } from '../db/change-feed.js'
import { SHARED_ENV, type EnvOwner } from '../functions/env-history.js'
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

interface Shared {
  /** As masks look for them; every function's mask has the same texts. */
  readonly forms: readonly string[]
  /** Of functions without variables of their own. */
  readonly mask: SecretMask | undefined
}

export class SecretMasks {
  private readonly variables: Statement<[number], VariableRow>
  private readonly cached = new LRUCache<string, { readonly mask: SecretMask | undefined }>({
    max: MAX_CACHED
  })
  private shared: Shared | undefined

  constructor(private readonly parts: Parts) {
    this.variables = parts.db.prepare('select name, value from env where function = ?')
    parts.changes.onChange(functionId => {
      if (functionId !== SHARED_ENV.functionId) this.cached.delete(functionId)
      else {
        this.cached.clear()
        this.shared = undefined
      }
    })
  }

  /** Undefined for a function that sees no variables. Never throws. */
  of(functionId: string): SecretMask | undefined {
    const cached = this.cached.get(functionId)
    if (cached !== undefined) return cached.mask
    const own = this.formsOf(functionId)
    this.shared ??= this.readShared()
    const { forms, mask: sharedMask } = this.shared
    const mask = own.length === 0 ? sharedMask : createFormsMask([...own, ...forms])
    this.cached.set(functionId, { mask })
    return mask
  }

  private formsOf(functionId: string): readonly string[] {
    const rowId = this.parts.rowIds.find(functionId)
    return rowId === undefined ? [] : this.readForms({ rowId, functionId })
  }

  private readShared(): Shared {
    const forms = this.readForms(SHARED_ENV)
    return { forms, mask: forms.length === 0 ? undefined : createFormsMask(forms) }
  }

  private readForms({ rowId, functionId }: EnvOwner): readonly string[] {
    try {
      const { secrets } = this.parts
      const rows = this.variables.all(rowId)
      return findForms(rows.map(({ name, value }) => secrets.open(value, functionId, name)))
    } catch {
      // Values that cannot be opened are not known to the function either.
      return []
    }
  }
}
