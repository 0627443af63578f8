/** The options of `json.encode`, out of the table that Lua gave. */
import { LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue } from '../../../sandbox/lua/api.js'

export interface EncodeOptions {
  /** What each level is indented by; "" writes everything in one line. */
  readonly indent: string
  readonly sort: boolean
}

export const plainOptions: EncodeOptions = { indent: '', sort: true }

const MAX_INDENT = 16

/** `options` are the fields that the declaration has let pass. */
export function readOptions(options: LuaTable | undefined): EncodeOptions {
  if (options === undefined) return plainOptions
  return { indent: readIndent(options.get('indent')), sort: options.get('sort') !== false }
}

function readIndent(value: LuaValue): string {
  if (value === undefined || value === false) return ''
  if (value === true) return '  '
  const isCount = typeof value === 'number' && Number.isInteger(value)
  if (isCount && value >= 0 && value <= MAX_INDENT) return ' '.repeat(value)
  if (typeof value === 'string' && /^[ \t]{0,16}$/.test(value)) return value
  throw new LuaMisuse(
    `bad argument #2 to 'json.encode' (field 'indent': true, 0 to ${MAX_INDENT}, or blanks and tabs expected)`
  )
}
