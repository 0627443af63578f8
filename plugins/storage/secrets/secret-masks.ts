/** For each function, what replaces the values of its environment variables in a text; kept until they change. */
import type { Database } from 'better-sqlite3'
import { createSecretMask, type SecretMask } from '../../../core/masking/event.js'
import type { ChangeFeed } from '../db/change-feed.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import type { SecretBox } from './secret-box.js'

export type { SecretMask }

export interface SecretMasks {
  /** Undefined for a function without variables. Never throws. */
  of(functionId: string): SecretMask | undefined
}

interface Parts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly secrets: SecretBox
  readonly changes: ChangeFeed
}

/** Functions remembered; past it, all are forgotten and read again. */
const MOST_REMEMBERED = 10_000

export function createSecretMasks({ db, rowIds, secrets, changes }: Parts): SecretMasks {
  const variables = db.prepare<[number], { name: string; value: Buffer | string }>(
    'select name, value from env where function = ?'
  )
  const masks = new Map<string, SecretMask | undefined>()
  changes.onChange(functionId => {
    masks.delete(functionId)
  })

  function read(functionId: string): SecretMask | undefined {
    const key = rowIds.find(functionId)
    const rows = key === undefined ? [] : variables.all(key)
    return rows.length === 0
      ? undefined
      : createSecretMask(rows.map(({ name, value }) => secrets.open(value, functionId, name)))
  }

  return {
    of(functionId) {
      if (masks.has(functionId)) return masks.get(functionId)
      try {
        const mask = read(functionId)
        if (masks.size >= MOST_REMEMBERED) masks.clear()
        masks.set(functionId, mask)
        return mask
      } catch {
        // Values that cannot be opened are not known to the function either.
        return undefined
      }
    }
  }
}
