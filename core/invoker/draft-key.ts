/** Which sandbox processes a draft may use. */
import { createHash } from 'node:crypto'

/** Drafts of the same code may share processes; never with the saved version, whose id they may bear. */
export const draftKey = (functionId: string, code: string): string =>
  `draft ${functionId} ${createHash('sha256').update(code).digest('base64')}`
