/** Code that is not saved yet, kept in the browser until it is saved or discarded. */
import { read, write } from '../../../shell/local-storage.js'

/** The name of the draft in the browser's storage. */
export const draftName = (functionId: string): string => `draft.${functionId}`

export interface Draft {
  readonly code: string
  /** The version that it was made from; 0 when that is not known. */
  readonly base: number
  /** An earlier state of it that may be stored: it was sent, and the answer was lost. */
  readonly sent?: string | undefined
}

export function readDraft(functionId: string): Draft | undefined {
  const kept = read(draftName(functionId))
  // Earlier dashboards kept the code alone.
  if (typeof kept === 'string') return { code: kept, base: 0 }
  if (typeof kept !== 'object' || kept === null) return undefined
  const { code, base, sent } = kept as Partial<Record<keyof Draft, unknown>>
  if (typeof code !== 'string' || typeof base !== 'number') return undefined
  return { code, base, sent: typeof sent === 'string' ? sent : undefined }
}

/** False: the browser does not keep it. */
export const keepDraft = (functionId: string, draft: Draft): boolean =>
  write(draftName(functionId), draft)
export function dropDraft(functionId: string): void {
  write(draftName(functionId), undefined)
}
