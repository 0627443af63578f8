/** The draft as one page keeps it: never in the place of another tab's, which would be lost by that. */
import { followOthers } from '../../../shell/local-storage.js'
import { draftName, dropDraft, keepDraft, readDraft, type Draft } from './draft-store.js'

export interface DraftKeeper {
  /** What is kept when the page opens counts as its own from then on. */
  open(): Draft | undefined
  /** False: the browser keeps it not, or keeps another tab's. */
  keep(draft: Draft): boolean
  /** Another tab's stays. */
  drop(): void
  close(): void
}

/** `whenFree`: another tab has dropped what was kept, which may have been the draft of this page. */
export function createDraftKeeper(id: string, whenFree: () => void): DraftKeeper {
  let isTaken = false
  const stop = followOthers(draftName(id), isThere => {
    isTaken = isThere
    if (!isThere) whenFree()
  })
  return {
    open: () => readDraft(id),
    keep: draft => !isTaken && keepDraft(id, draft),
    drop() {
      if (!isTaken) dropDraft(id)
    },
    close: stop
  }
}
