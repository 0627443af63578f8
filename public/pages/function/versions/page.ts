/** All versions of a function: compare any two, go back to one, delete. */
import { component } from '../../../alpine.js'
import {
  activateVersion,
  checkCode,
  deleteVersion,
  getVersion,
  listVersions
} from '../../../api/functions.js'
import type { Version } from '../../../api/types.js'
import type { CodeEditor, DiffView } from '../../../editor/contract.js'
import { loadEditor } from '../../../editor/load.js'
import { t, type TextKey } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import { holdPlace } from '../../../shell/focus.js'
import { busily, createTurns, extend, loading, track } from '../../../shell/loading.js'
import { go, keepInAddress, readAddress } from '../../../shell/router.js'
import { functionPath } from '../../../shell/routes.js'
import { fail, succeed } from '../../../shell/toasts.js'
import { current } from '../../function.js'
import { insist } from '../insist.js'
import { keepDraft, readDraft } from '../code/draft-store.js'

const pageSize = 50

component('versions', () => {
  const { id } = current.fn
  let view: DiffView | undefined
  let reader: CodeEditor | undefined
  /** Of a version that comes after another was asked for, nothing is shown. */
  const askDiff = createTurns()
  const askCode = createTurns()
  return {
    ...loading(),
    busy: false,
    rows: [] as Version[],
    total: 0,
    comparing: false,
    older: '',
    newer: '',
    /** Number of the version that is shown alone; '' for none. */
    viewed: '',

    async init() {
      this.$watch('$store.current.fn', () => {
        this.follow()
      })
      await this.load()
      const { older, newer, view: number, line } = readAddress('older', 'newer', 'view', 'line')
      if (/^[1-9]\d*$/.test(number)) await this.look(Number(number), Number(line))
      if (!/^[1-9]\d*$/.test(older) || !/^[1-9]\d*$/.test(newer)) return
      Object.assign(this, { older, newer, comparing: true })
      await this.compare()
    },
    destroy() {
      view?.dispose()
      reader?.dispose()
    },

    keepAddress() {
      keepInAddress({
        ...(this.comparing ? { older: this.older, newer: this.newer } : {}),
        view: this.viewed
      })
    },

    /** Shows the code of one version; it cannot be typed in. */
    async look(version: number, line = 0) {
      const counts = askCode()
      try {
        const [{ createEditor }, { code }] = await Promise.all([
          loadEditor(),
          getVersion(id, version)
        ])
        const host = this.$refs['code']
        if (!counts() || !host?.isConnected) return
        this.viewed = String(version)
        this.keepAddress()
        reader?.dispose()
        await this.$nextTick()
        reader = createEditor(host, {
          label: t('versions.editorLabel', { version }),
          code,
          readOnly: true
        })
        if (line > 0) reader.goTo(line)
        else reader.focus()
        host.scrollIntoView({ block: 'nearest' })
      } catch (error) {
        if (counts()) fail(error)
      }
    },

    closeView() {
      const number = this.viewed
      askCode()
      this.viewed = ''
      reader?.dispose()
      reader = undefined
      this.keepAddress()
      this.$nextTick(() => {
        this.$root.querySelector<HTMLElement>(`[data-view="${number}"]`)?.focus()
      })
    },

    /** Takes the code into the editor, where it can be run and saved. */
    async openAsDraft() {
      const code = reader?.value()
      if (code === undefined) return
      const kept = readDraft(id)
      const question = {
        title: t('versions.replaceTitle'),
        text: t('versions.replaceText', { version: this.viewed }),
        confirm: t('versions.openAsDraft'),
        danger: true
      }
      if (kept !== undefined && kept.code !== code && (await ask(question)) !== 'confirm') return
      // It is meant to follow the version that is active now, whose code the reader leaves on purpose.
      keepDraft(id, { code, base: current.fn.active_version.version })
      await go(functionPath(id, 'code'))
    },

    /** Also those that are compared and not in the list, which may be on a later page of it. */
    choices() {
      const numbers = new Set([
        ...this.rows.map(({ version }) => String(version)),
        this.older,
        this.newer
      ])
      numbers.delete('')
      return [...numbers].sort((a, b) => Number(b) - Number(a))
    },

    /** The list shows what is active, whoever activated it. */
    follow() {
      const shown = this.rows.find(row => row.is_active)
      if (
        this.status === 'ready' &&
        !this.busy &&
        shown?.version !== current.fn.active_version.version
      ) {
        this.load()
      }
    },

    load(): Promise<void> {
      return track(
        this,
        () => listVersions(id, { limit: pageSize, offset: 0 }),
        ({ versions, pagination }) => {
          this.rows = versions ?? []
          this.total = pagination.total
        }
      )
    },

    more() {
      return extend(
        this,
        () => listVersions(id, { limit: pageSize, offset: this.rows.length }),
        ({ versions }) => {
          this.rows = [...this.rows, ...(versions ?? [])]
        }
      )
    },

    /** With the active version; the active one with the one before it. */
    compareWith(item: Version, index: number) {
      const active =
        this.rows.find(row => row.is_active)?.version ?? current.fn.active_version.version
      const other = item.is_active
        ? ((this.rows[index + 1] ?? this.rows[index - 1])?.version ?? item.version)
        : active
      this.older = String(Math.min(item.version, other))
      this.newer = String(Math.max(item.version, other))
      this.comparing = true
      this.compare()
    },

    async compare() {
      const counts = askDiff()
      this.keepAddress()
      try {
        const [{ createDiff }, older, newer] = await Promise.all([
          loadEditor(),
          getVersion(id, Number(this.older)),
          getVersion(id, Number(this.newer))
        ])
        const host = this.$refs['diff']
        if (!counts() || !host?.isConnected) return
        view ??= createDiff(host, { original: t('versions.older'), modified: t('versions.newer') })
        view.show(older.code, newer.code)
        host.scrollIntoView({ block: 'nearest' })
      } catch (error) {
        if (!counts()) return
        // What was compared before must not be taken for what is chosen now.
        this.closeDiff()
        fail(error)
      }
    },

    size: (code: string) => new TextEncoder().encode(code).length,

    closeDiff() {
      askDiff()
      Object.assign(this, { comparing: false, older: '', newer: '' })
      this.keepAddress()
    },

    activate(item: Version) {
      const keepPlace = holdPlace()
      return busily(
        this,
        async () => {
          if (
            !(await this.isWanted(item)) ||
            !(await this.insist(
              tag => activateVersion(id, item.id, tag),
              'versions.activate',
              t('changes.activateTitle', { version: item.version })
            ))
          ) {
            return
          }
          await Promise.all([current.refresh(), this.load()])
          succeed(
            t(readDraft(id) === undefined ? 'versions.activated' : 'versions.activatedDraft', {
              version: item.version
            })
          )
          await this.$nextTick()
          keepPlace()
        },
        fail
      )
    },

    /** Code that does not parse goes live only when the reader says so. */
    async isWanted({ code }: Version): Promise<boolean> {
      const answer = await checkCode(code)
      if (answer.ok) return true
      const { line = 1, message } = answer.error
      const text = t('changes.brokenText', { line, message })
      return (
        (await ask({
          title: t('changes.brokenTitle'),
          text,
          confirm: t('changes.activateBroken'),
          danger: true
        })) === 'confirm'
      )
    },

    /** Asks again when another version than the one shown here has become active meanwhile. */
    async insist(
      change: (tag: string) => Promise<unknown>,
      confirm: TextKey,
      title: string
    ): Promise<boolean> {
      let seen = this.rows.find(row => row.is_active)?.version
      const done = await insist(change, ({ active_version: active }) => {
        if (active.version === seen) return undefined
        seen = active.version
        return {
          title,
          text: t('changes.activateText', { active: active.version }),
          confirm: t(confirm),
          danger: true
        }
      })
      if (!done) await this.load()
      return done
    },

    async remove(item: Version) {
      const keepPlace = holdPlace()
      if (
        (await ask({
          title: t('versions.deleteTitle', { version: item.version }),
          text: t('versions.deleteText'),
          confirm: t('common.delete'),
          danger: true
        })) !== 'confirm'
      ) {
        return
      }
      try {
        if (
          !(await this.insist(
            tag => deleteVersion(id, item.id, tag),
            'common.delete',
            t('versions.deleteTitle', { version: item.version })
          ))
        ) {
          return
        }
        await current.refresh()
        succeed(t('versions.deleted', { version: item.version }))
        await this.load()
        const number = String(item.version)
        if (this.older === number || this.newer === number) this.closeDiff()
        if (this.viewed === number) this.closeView()
        await this.$nextTick()
        keepPlace()
      } catch (error) {
        fail(error)
      }
    }
  }
})
