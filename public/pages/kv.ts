/** The browser of a key-value store: a function's, or the one shared by all. */
import { component } from '../alpine.js'
import { deleteValue, encodeKey, listKeys, nextOf, readValue, writeValue } from '../api/kv.js'
import type { KvEntry } from '../api/types.js'
import { decodeText } from '../format/body.js'
import { t } from '../i18n/locale.js'
import { ask } from '../shell/dialogs.js'
import { holdPlace } from '../shell/focus.js'
import { busily, createTurns, extend, loading, track } from '../shell/loading.js'
import { keepInAddress, readAddress, route } from '../shell/router.js'
import { fail, succeed } from '../shell/toasts.js'
import { current } from './function.js'
import type { ValueView } from './kv-value.js'
import { firstView, fromTyped, toTyped, valueViews } from './kv-value.js'

const pageSize = 50
const closed = { fresh: true, encoded: '', key: '', text: '', view: 'text' as ValueView, binary: false, ttl: '', expires: 0, error: '' }

component('kv', () => {
  let functionId: string | undefined
  /** A value that comes after the reader has asked for another is not shown. */
  const askDialog = createTurns()
  return {
    ...loading(),
    busy: false,
    scope: 'function',
    views: valueViews,
    prefix: readAddress('prefix').prefix,
    entries: [] as KvEntry[],
    next: '',
    open: closed,

    init () {
      this.scope = this.$el.dataset['scope'] ?? 'function'
      functionId = this.scope === 'global' ? undefined : current.fn.id
      this.load()
      const { path } = route
      this.$watch('$store.route.query', () => {
        const { prefix } = readAddress('prefix')
        if (route.path !== path || prefix === this.prefix) return
        this.prefix = prefix
        this.load()
      })
    },

    load (): Promise<void> {
      return track(this, () => listKeys(functionId, { prefix: this.prefix, limit: pageSize }), page => {
        this.entries = page.entries ?? []
        this.next = nextOf(page)
      })
    },

    find (): Promise<void> {
      keepInAddress({ prefix: this.prefix })
      return this.load()
    },

    more () {
      return extend(this, () => listKeys(functionId, { prefix: this.prefix, after: this.next, limit: pageSize }), page => {
        this.entries = [...this.entries, ...page.entries ?? []]
        this.next = nextOf(page)
      })
    },

    add () {
      askDialog()
      this.open = { ...closed, key: this.prefix }
      this.dialog()?.showModal()
    },

    async edit (entry: KvEntry) {
      const counts = askDialog()
      try {
        const encoded = encodeKey(entry)
        const bytes = await readValue(functionId, encoded)
        if (!counts()) return
        const view = firstView(bytes)
        this.open = { ...closed, fresh: false, encoded, key: entry.key, view, text: toTyped(bytes, view), binary: decodeText(bytes) === undefined, expires: entry.expires_at ?? 0 }
        this.dialog()?.showModal()
      } catch (error) {
        fail(error)
      }
    },

    onRow (event: MouseEvent, entry: KvEntry) {
      if (event.target instanceof Element && !event.target.closest('button')) this.edit(entry)
    },

    /** Shows what is typed in another way; what is typed wrongly has to be put right first. */
    show (view: ValueView) {
      try {
        const bytes = fromTyped(this.open.text, this.open.view)
        this.open = { ...this.open, view, text: toTyped(bytes, view), binary: decodeText(bytes) === undefined, error: '' }
      } catch (error) {
        this.open.error = error instanceof Error ? error.message : ''
      }
    },

    save () {
      return busily(this, async () => {
        const bytes = fromTyped(this.open.text, this.open.view)
        const encoded = this.open.fresh ? encodeKey({ key: this.open.key }) : this.open.encoded
        await writeValue(functionId, encoded, bytes, Number(this.open.ttl) > 0 ? Number(this.open.ttl) : this.timeLeft())
        this.close()
        succeed(t('data.saved', { key: this.open.key }))
        await this.load()
      }, error => { this.open.error = error instanceof Error ? error.message : String(error) })
    },

    /** An entry keeps its end when only its value is changed. */
    timeLeft () { return this.open.expires > 0 ? Math.max(1, Math.round(this.open.expires - Date.now() / 1000)) : undefined },

    async remove (entry: KvEntry) {
      const keepPlace = holdPlace()
      if (await ask({ title: t('data.deleteTitle'), text: t('data.deleteText', { key: entry.key }), confirm: t('common.delete'), danger: true }) !== 'confirm') return
      try {
        await deleteValue(functionId, encodeKey(entry))
        await this.load()
        await this.$nextTick()
        keepPlace()
      } catch (error) {
        fail(error)
      }
    },

    close () { this.dialog()?.close() },
    dialog () { return this.$refs['dialog'] as HTMLDialogElement | undefined }
  }
})
