/** Compares any two versions. */
import { part } from '../../../alpine.js'
import { getVersion } from '../../../api/code.js'
import type { Version } from '../../../api/types.js'
import { loadEditor } from '../../../editor/load.js'
import { t } from '../../../i18n/locale.js'
import { fail } from '../../../shell/toasts.js'
import { keepVersionsInAddress, type VersionsSession, type VersionsState } from './state.js'

export const createComparison = (session: VersionsSession) =>
  part<VersionsState>()({
    /** Numbers to choose from: also those that are compared and on a later page of the list. */
    choices() {
      const listed = this.rows.map(({ version }) => String(version))
      const numbers = new Set([...listed, this.older, this.newer])
      numbers.delete('')
      return [...numbers].sort((a, b) => Number(b) - Number(a))
    },

    /** With the active version; the active one with the one before it. */
    compareWith(item: Version, index: number) {
      const neighbour = (this.rows[index + 1] ?? this.rows[index - 1])?.version ?? item.version
      const listed = this.rows.find(row => row.is_active)?.version
      const active = listed ?? session.owner.subject.now().active_version.version
      const other = item.is_active ? neighbour : active
      this.older = String(Math.min(item.version, other))
      this.newer = String(Math.max(item.version, other))
      this.comparing = true
      this.compare()
    },

    async compare() {
      const isCurrent = this.diffRequests.start()
      keepVersionsInAddress(this)
      try {
        const [{ createDiff }, older, newer] = await Promise.all([
          loadEditor(),
          getVersion(session.owner.api(session.id), Number(this.older)),
          getVersion(session.owner.api(session.id), Number(this.newer))
        ])
        const host = this.$refs['diff']
        if (!isCurrent() || !host?.isConnected) return
        const labels = { original: t('versions.older'), modified: t('versions.newer') }
        session.diff ??= createDiff(host, labels)
        session.diff.show(older.code, newer.code)
        host.scrollIntoView({ block: 'nearest' })
      } catch (error) {
        if (!isCurrent()) return
        // What was compared before must not be taken for what is chosen now.
        this.closeDiff()
        fail(error)
      }
    },

    closeDiff() {
      this.diffRequests.start()
      Object.assign(this, { comparing: false, older: '', newer: '' })
      keepVersionsInAddress(this)
    }
  })

export type Comparison = ReturnType<typeof createComparison>
