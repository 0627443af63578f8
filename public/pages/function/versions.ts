/** All versions of a function: compare any two, go back to one, delete. */
import { component } from '../../alpine.js'
import { activateVersion, deleteVersion, getVersion, listVersions } from '../../api/functions.js'
import type { Version } from '../../api/types.js'
import type { DiffView } from '../../editor/contract.js'
import { loadEditor } from '../../editor/load.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { busily, extend, loading, track } from '../../shell/loading.js'
import { keepInAddress, readAddress } from '../../shell/router.js'
import { fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { readDraft } from './draft-store.js'

const pageSize = 50

component('versions', () => {
  const { id } = current.fn
  let view: DiffView | undefined
  return {
    ...loading(),
    busy: false,
    rows: [] as Version[],
    total: 0,
    comparing: false,
    older: '',
    newer: '',

    async init () {
      await this.load()
      const { older, newer } = readAddress('older', 'newer')
      if (!/^[1-9]\d*$/.test(older) || !/^[1-9]\d*$/.test(newer)) return
      Object.assign(this, { older, newer, comparing: true })
      await this.compare()
    },
    destroy () { view?.dispose() },

    load (): Promise<void> {
      return track(this, () => listVersions(id, { limit: pageSize, offset: 0 }), ({ versions, pagination }) => {
        this.rows = versions ?? []
        this.total = pagination.total
      })
    },

    more () {
      return extend(this, () => listVersions(id, { limit: pageSize, offset: this.rows.length }), ({ versions }) => {
        this.rows = [...this.rows, ...versions ?? []]
      })
    },

    /** With the active version; the active one with the one before it. */
    compareWith (item: Version, index: number) {
      const active = this.rows.find(row => row.is_active)?.version ?? current.fn.active_version.version
      const other = item.is_active ? (this.rows[index + 1] ?? this.rows[index - 1])?.version ?? item.version : active
      this.older = String(Math.min(item.version, other))
      this.newer = String(Math.max(item.version, other))
      this.comparing = true
      this.compare()
    },

    async compare () {
      keepInAddress({ older: this.older, newer: this.newer })
      try {
        const [{ createDiff }, older, newer] = await Promise.all([loadEditor(), getVersion(id, Number(this.older)), getVersion(id, Number(this.newer))])
        const host = this.$refs['diff']
        if (!host?.isConnected) return
        view ??= createDiff(host, { original: t('versions.older'), modified: t('versions.newer') })
        view.show(older.code, newer.code)
        host.scrollIntoView({ block: 'nearest' })
      } catch (error) {
        fail(error)
      }
    },

    size: (code: string) => new TextEncoder().encode(code).length,

    closeDiff () {
      this.comparing = false
      keepInAddress({})
    },

    activate (item: Version) {
      return busily(this, async () => {
        await activateVersion(id, item.id)
        await Promise.all([current.refresh(), this.load()])
        succeed(t(readDraft(id) === undefined ? 'versions.activated' : 'versions.activatedDraft', { version: item.version }))
      }, fail)
    },

    async remove (item: Version) {
      if (await ask({ title: t('versions.deleteTitle', { version: item.version }), text: t('versions.deleteText'), confirm: t('common.delete'), danger: true }) !== 'confirm') return
      try {
        await deleteVersion(id, item.id)
        succeed(t('versions.deleted', { version: item.version }))
        await this.load()
      } catch (error) {
        fail(error)
      }
    }
  }
})
