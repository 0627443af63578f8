/** Keys of functions as rows. */
import { MoonletError } from '../../../core/base/errors.js'
import { limitTexts } from '../../../core/base/limit-texts.js'
import type { AccessKeyRecord } from '../../../core/contracts/access-keys.js'

export interface AccessKeyRow {
  readonly id: string
  readonly name: string
  readonly hash: Buffer
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

export const toAccessKey = ({
  expiresAt,
  lastUsedAt,
  hash,
  ...row
}: AccessKeyRow): AccessKeyRecord => ({
  ...row,
  hash: hash.toString('base64'),
  expiresAt: expiresAt ?? undefined,
  lastUsedAt: lastUsedAt ?? undefined
})

export const tooManyKeys = (limit: number): MoonletError =>
  new MoonletError('CONFLICT', limitTexts.accessKeys(limit))
