/** The browser of a key-value store: a function's, or the one shared by all. */
import { component } from '../../alpine.js'
import { Stale } from '../../api/failure.js'
import { deleteValue, encodeKey, listKeys, nextOf, readValue, writeValue } from '../../api/kv.js'
import type { KvEntry, StaleValue } from '../../api/types.js'
import { decodeText } from '../../format/body.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { holdPlace } from '../../shell/focus.js'
import { busily, createTurns, extend, loading, track } from '../../shell/loading.js'
import { keepInAddress, readAddress, route } from '../../shell/router.js'
import { fail, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import type { ValueView } from './value.js'
import { firstView, fromTyped, toBytes, toTyped, valueViews } from './value.js'

const pageSize = 50
/** What somebody else put there meanwhile; `how` is '' when nobody did. */
const noClash = {
  how: '' as '' | 'changed' | 'taken' | 'gone',
  text: '',
  view: 'text' as ValueView,
  expires: 0
}
const closed = {
  fresh: true,
  encoded: '',
  key: '',
  text: '',
  view: 'text' as ValueView,
  binary: false,
  ttl: '',
  expires: 0,
  error: '',
  tag: '',
  clash: noClash
}

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

    init() {
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

    load(): Promise<void> {
      return track(
        this,
        () => listKeys(functionId, { prefix: this.prefix, limit: pageSize }),
        page => {
          this.entries = page.entries ?? []
          this.next = nextOf(page)
        }
      )
    },

    find(): Promise<void> {
      keepInAddress({ prefix: this.prefix })
      return this.load()
    },

    more() {
      return extend(
        this,
        () => listKeys(functionId, { prefix: this.prefix, after: this.next, limit: pageSize }),
        page => {
          this.entries = [...this.entries, ...(page.entries ?? [])]
          this.next = nextOf(page)
        }
      )
    },

    add() {
      askDialog()
      this.open = { ...closed, key: this.prefix }
      this.dialog()?.showModal()
    },

    async edit(entry: KvEntry) {
      const counts = askDialog()
      try {
        const encoded = encodeKey(entry)
        const { bytes, tag } = await readValue(functionId, encoded)
        if (!counts()) return
        const view = firstView(bytes)
        this.open = {
          ...closed,
          fresh: false,
          encoded,
          key: entry.key,
          view,
          text: toTyped(bytes, view),
          binary: decodeText(bytes) === undefined,
          expires: entry.expires_at ?? 0,
          tag
        }
        this.dialog()?.showModal()
      } catch (error) {
        fail(error)
      }
    },

    onRow(event: MouseEvent, entry: KvEntry) {
      if (event.target instanceof Element && !event.target.closest('button')) this.edit(entry)
    },

    /** Shows what is typed in another way; what is typed wrongly has to be put right first. */
    show(view: ValueView) {
      try {
        const bytes = fromTyped(this.open.text, this.open.view)
        this.open = {
          ...this.open,
          view,
          text: toTyped(bytes, view),
          binary: decodeText(bytes) === undefined,
          error: ''
        }
      } catch (error) {
        this.open.error = error instanceof Error ? error.message : ''
      }
    },

    save() {
      return busily(
        this,
        async () => {
          const bytes = fromTyped(this.open.text, this.open.view)
          const encoded = this.open.fresh ? encodeKey({ key: this.open.key }) : this.open.encoded
          const ttl = Number(this.open.ttl) > 0 ? Number(this.open.ttl) : this.timeLeft()
          try {
            await writeValue(
              functionId,
              encoded,
              bytes,
              ttl,
              this.open.tag === '' ? { ifNew: true } : { ifMatch: this.open.tag }
            )
          } catch (error) {
            if (!(error instanceof Stale)) throw error
            this.meet(error)
            return
          }
          this.close()
          succeed(t('data.saved', { key: this.open.key }))
          await this.load()
        },
        error => {
          this.open.error = error instanceof Error ? error.message : String(error)
        }
      )
    },

    /** Shows what is there now beside what is typed; saving again replaces exactly that. */
    meet({ current: now, tag }: Stale) {
      this.open.tag = tag
      if (now === null) {
        this.open.clash = { ...noClash, how: 'gone' }
        return
      }
      const value = now as StaleValue
      const bytes = toBytes(value)
      const view = firstView(bytes)
      this.open.clash = {
        how: this.open.fresh ? 'taken' : 'changed',
        text: toTyped(bytes, view),
        view,
        expires: value.expires_at ?? 0
      }
    },

    clashText() {
      return {
        '': '',
        changed: t('changes.dataText'),
        taken: t('changes.dataTaken'),
        gone: t('changes.dataGone')
      }[this.open.clash.how]
    },

    takeTheirs() {
      const { text, view, expires } = this.open.clash
      this.open = { ...this.open, text, view, expires, clash: noClash, error: '' }
    },

    /** Another key is another entry. */
    onKeyTyped() {
      if (this.open.fresh) this.open = { ...this.open, tag: '', clash: noClash }
    },

    /** An entry keeps its end when only its value is changed. */
    timeLeft() {
      return this.open.expires > 0
        ? Math.max(1, Math.round(this.open.expires - Date.now() / 1000))
        : undefined
    },

    async remove(entry: KvEntry) {
      const keepPlace = holdPlace()
      if (
        (await ask({
          title: t('data.deleteTitle'),
          text: t('data.deleteText', { key: entry.key }),
          confirm: t('common.delete'),
          danger: true
        })) !== 'confirm'
      ) {
        return
      }
      try {
        await this.removeAsSeen(entry)
        await this.load()
        await this.$nextTick()
        keepPlace()
      } catch (error) {
        fail(error)
      }
    },

    /** Asks again when another value is there than the one that the list shows. */
    async removeAsSeen(entry: KvEntry) {
      for (let tag = entry.etag; ;) {
        try {
          await deleteValue(functionId, encodeKey(entry), tag)
          return
        } catch (error) {
          if (!(error instanceof Stale)) throw error
          if (error.current === null) return
          const { value = t('data.binary') } = error.current as StaleValue
          const text = t('changes.entryChanged', {
            value: value.length > 200 ? `${value.slice(0, 200)}…` : value
          })
          if (
            (await ask({
              title: t('data.deleteTitle'),
              text,
              confirm: t('changes.deleteAnyway'),
              danger: true
            })) !== 'confirm'
          ) {
            return
          }
          tag = error.tag
        }
      }
    },

    close() {
      this.dialog()?.close()
    },
    dialog() {
      return this.$refs['dialog'] as HTMLDialogElement | undefined
    }
  }
})
