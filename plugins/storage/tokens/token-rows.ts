/** Tokens of the management API as rows. */
import { MoonletError } from '../../../core/base/errors.js'
import { limitTexts } from '../../../core/base/limit-texts.js'
import type { NewToken, StoredToken, TokenScope } from '../../../core/contracts/tokens.js'

export interface TokenRow {
  readonly id: string
  readonly hash: Buffer
  readonly name: string
  readonly scopes: string
  readonly functions: string | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  readonly lastUsedIp: string | null
}

export const toToken = ({ hash, scopes, functions, ...row }: TokenRow): StoredToken => ({
  id: row.id,
  name: row.name,
  hash: hash.toString('base64'),
  scopes: JSON.parse(scopes) as TokenScope[],
  functions: functions === null ? undefined : (JSON.parse(functions) as string[]),
  createdAt: row.createdAt,
  expiresAt: row.expiresAt ?? undefined,
  lastUsedAt: row.lastUsedAt ?? undefined,
  lastUsedIp: row.lastUsedIp ?? undefined
})

export const tooManyTokens = (limit: number): MoonletError =>
  new MoonletError('CONFLICT', limitTexts.tokens(limit))

/** Of one that nobody has used yet. */
export const toTokenColumns = ({
  hash,
  scopes,
  functions,
  expiresAt,
  ...same
}: NewToken): Omit<TokenRow, 'lastUsedAt' | 'lastUsedIp'> => ({
  ...same,
  hash: Buffer.from(hash, 'base64'),
  scopes: JSON.stringify(scopes),
  functions: functions === undefined ? null : JSON.stringify(functions),
  expiresAt: expiresAt ?? null
})
