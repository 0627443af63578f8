/** What the page of versions shows, and what it keeps beside that. */
import type { Version } from '../../../api/types.js'
import type { CodeEditor, DiffView } from '../../../editor/contract.js'
import { createRequestGuard, loading } from '../../../shell/loading.js'
import { keepInAddress } from '../../../shell/router.js'
import { ownerOfPage, type CodeOwner } from '../owner.js'

/** Not part of the reactive state: editors must not become reactive. */
export interface VersionsSession {
  readonly owner: CodeOwner
  /** Of the function or module. */
  readonly id: string
  diff: DiffView | undefined
  reader: CodeEditor | undefined
}

export function createVersionsSession(): VersionsSession {
  const owner = ownerOfPage()
  return { owner, id: owner.subject.now().id, diff: undefined, reader: undefined }
}

export type VersionsState = ReturnType<typeof createVersionsState>

export const createVersionsState = () => ({
  ...loading(),
  busy: false,
  rows: [] as Version[],
  total: 0,
  comparing: false,
  older: '',
  newer: '',
  diffRequests: createRequestGuard(),
  /** Number of the version that is shown alone; '' for none. */
  viewed: '',
  codeRequests: createRequestGuard()
})

export function keepVersionsInAddress({ comparing, older, newer, viewed }: VersionsState): void {
  keepInAddress({ ...(comparing ? { older, newer } : {}), view: viewed })
}
