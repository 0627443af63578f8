/** The list of versions, newest first. */
import { part } from '../../../alpine.js'
import { listVersions } from '../../../api/code.js'
import { loadInto, loadMore } from '../../../shell/loading.js'
import type { VersionsSession, VersionsState } from './state.js'

const PAGE_SIZE = 50

export const createVersionsLoading = ({ owner, id }: VersionsSession) =>
  part<VersionsState>()({
    load(): Promise<void> {
      return loadInto(
        this,
        () => listVersions(owner.api(id), { limit: PAGE_SIZE, offset: 0 }),
        ({ versions, pagination }) => {
          this.rows = versions ?? []
          this.total = pagination.total
        }
      )
    },

    more() {
      return loadMore(
        this,
        () => listVersions(owner.api(id), { limit: PAGE_SIZE, offset: this.rows.length }),
        ({ versions }) => {
          this.rows = [...this.rows, ...(versions ?? [])]
        }
      )
    },

    /** The list shows which version is active, also when somebody else activated it. */
    followActiveVersion() {
      if (this.status !== 'ready' || this.busy) return
      const shown = this.rows.find(row => row.is_active)
      if (shown?.version !== owner.subject.now().active_version.version) this.load()
    }
  })

export type VersionsLoading = ReturnType<typeof createVersionsLoading>
