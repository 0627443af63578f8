/** Code that is not saved yet, kept in the browser until it is saved or discarded. */
import { read, write } from '../../../shell/local-storage.js'

/** The name of the draft in the browser's storage. */
export const draftName = (functionId: string): string => `draft.${functionId}`

export interface Draft {
  readonly code: string
  /** The version that it was made from; 0 when that is not known. */
  readonly base: number
}

export function readDraft(functionId: string): Draft | undefined {
  const kept = read(draftName(functionId))
  // Earlier dashboards kept the code alone.
  if (typeof kept === 'string') return { code: kept, base: 0 }
  if (typeof kept !== 'object' || kept === null) return undefined
  const { code, base } = kept as Partial<Record<keyof Draft, unknown>>
  return typeof code === 'string' && typeof base === 'number' ? { code, base } : undefined
}

/** False: the browser does not keep it. */
export const keepDraft = (functionId: string, draft: Draft): boolean =>
  write(draftName(functionId), draft)
export function dropDraft(functionId: string): void {
  write(draftName(functionId), undefined)
}
