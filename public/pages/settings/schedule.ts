/** When a function runs by itself. The server says when that will be; the times shown are the reader's. */
import { component } from '../../alpine.js'
import { checkSchedule, updateFunction } from '../../api/functions.js'
import { getStatus } from '../../api/server.js'
import { serverWords } from '../../api/server-words.js'
import { t, type TextKey } from '../../i18n/locale.js'
import { fail, inWords } from '../../shell/toasts.js'
import { current } from '../function.js'
import { createFormEdit, saveForm, type FormEdit } from '../function/form-edit.js'
import type { Fields } from '../function/merge.js'
import { addForm } from './unsaved.js'

/** `timed` presets name an hour, which is one in some time zone. */
const presets = [
  { id: 'everyFiveMinutes', text: '*/5 * * * *', timed: false },
  { id: 'hourly', text: '0 * * * *', timed: false },
  { id: 'daily', text: '0 9 * * *', timed: true },
  { id: 'weekdays', text: '0 9 * * MON-FRI', timed: true },
  { id: 'monthly', text: '0 9 1 * *', timed: true }
] as const

const labels: Readonly<Record<string, TextKey>> = {
  cron_schedule: 'schedule.expression',
  cron_status: 'schedule.active',
  cron_catch_up: 'schedule.catchUp'
}

const readersZone = Intl.DateTimeFormat().resolvedOptions().timeZone

component('schedule', () => {
  let asked = 0
  let edit: FormEdit
  let forget = (): void => {}
  return {
    busy: false,
    problem: '',
    checked: false,
    text: current.fn.cron_schedule ?? '',
    active: current.fn.cron_status === 'active',
    /** The reader has set the switch: then typing leaves it alone. */
    decided: false,
    catchUp: current.fn.cron_catch_up ?? false,
    runs: [] as number[],
    presets,
    zone: readersZone,
    /** Where the hours of the presets count; the server's zone needs no naming. */
    presetZone: readersZone,
    serverZone: readersZone,

    init() {
      edit = createFormEdit({
        read: fn => ({
          cron_schedule: fn.cron_schedule ?? '',
          cron_status: fn.cron_status ?? 'paused',
          cron_catch_up: fn.cron_catch_up ?? false
        }),
        mine: () => ({
          cron_schedule: this.text.trim(),
          cron_status: this.active ? 'active' : 'paused',
          cron_catch_up: this.catchUp
        }),
        show: fields => {
          this.show(fields)
        },
        send: (_wanted, changed, tag) => updateFunction(current.fn.id, changed, tag),
        label: name => t(labels[name] ?? 'schedule.title')
      })
      this.$watch('$store.current.fn', () => {
        edit.follow()
      })
      this.check()
      forget = addForm({
        title: 'schedule.title',
        changed: () => this.changed(),
        save: () => this.save()
      })
      getStatus().then(status => {
        this.serverZone = status.time_zone
      }, fail)
    },
    destroy() {
      forget()
    },

    show(fields: Fields) {
      const text = String(fields['cron_schedule'] ?? '')
      const isOther = text !== this.text.trim()
      this.active = fields['cron_status'] === 'active'
      this.catchUp = fields['cron_catch_up'] === true
      if (!isOther) return
      this.text = text
      this.check()
    },

    changed() {
      return edit.changed()
    },

    /** A first schedule is meant to run, unless the reader says otherwise. */
    type() {
      if (!this.decided && (current.fn.cron_schedule ?? '') === '') {
        this.active = this.text.trim() !== ''
      }
      return this.check()
    },

    presetText({ text, timed }: (typeof presets)[number]) {
      return timed && this.presetZone !== this.serverZone
        ? `CRON_TZ=${this.presetZone} ${text}`
        : text
    },

    /** Whoever chooses a schedule wants it to run. */
    choose(preset: (typeof presets)[number]) {
      this.text = this.presetText(preset)
      this.active = true
      return this.check()
    },

    clear() {
      this.text = ''
      this.active = false
      return this.check()
    },

    /** Only the answer to the latest question counts. */
    async check() {
      const question = ++asked
      const text = this.text.trim()
      this.checked = false
      this.problem = ''
      if (text === '') {
        this.runs = []
        return
      }
      try {
        const answer = await checkSchedule(text)
        if (question !== asked) return
        this.checked = true
        this.runs = answer.ok ? answer.next_runs : []
        this.problem = answer.ok ? '' : serverWords(answer.error)
      } catch (error) {
        fail(error)
      }
    },

    async save() {
      const saved = await saveForm(this, edit, error => {
        this.problem = inWords(error).text
      })
      if (saved) this.decided = false
      return saved
    }
  }
})
