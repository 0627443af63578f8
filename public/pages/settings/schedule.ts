/** When a function runs by itself. The server says when that will be; the times shown are the reader's. */
import { component, part } from '../../alpine.js'
import { checkSchedule, updateFunction } from '../../api/functions.js'
import { getStatus } from '../../api/server.js'
import { serverWords } from '../../api/server-words.js'
import { t, type TextKey } from '../../i18n/locale.js'
import { createRequestGuard } from '../../shell/loading.js'
import { fail, describeError } from '../../shell/toasts.js'
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

const userZone = Intl.DateTimeFormat().resolvedOptions().timeZone

type Preset = (typeof presets)[number]

const createState = () => ({
  busy: false,
  /** Of the expression: it cannot be saved. */
  problem: '',
  /** Of the last save, which may be tried again. */
  failure: '',
  checked: false,
  text: current.fn.cron_schedule ?? '',
  active: current.fn.cron_status === 'active',
  /** The user has set the switch: then typing leaves it alone. */
  decided: false,
  catchUp: current.fn.cron_catch_up ?? false,
  runs: [] as number[],
  presets,
  zone: userZone,
  /** Where the hours of the presets count; the server's zone needs no naming. */
  presetZone: userZone,
  serverZone: userZone
})
type State = ReturnType<typeof createState>

function createChecking() {
  const checks = createRequestGuard()
  return part<State>()({
    /** Asks the server what the expression means. Only the response to the latest request counts. */
    async check() {
      const isCurrent = checks.start()
      const text = this.text.trim()
      this.checked = false
      this.problem = ''
      this.failure = ''
      if (text === '') {
        this.runs = []
        return
      }
      try {
        const result = await checkSchedule(text)
        if (!isCurrent()) return
        this.checked = true
        this.runs = result.ok ? result.next_runs : []
        this.problem = result.ok ? '' : serverWords(result.error)
      } catch (error) {
        fail(error)
      }
    }
  })
}
type Checking = ReturnType<typeof createChecking>

const createEditing = () =>
  part<State & Checking>()({
    /** A first schedule is meant to run, unless the user says otherwise: at once, as a save may follow the last key. */
    type() {
      const isFirst = (current.fn.cron_schedule ?? '') === ''
      if (isFirst && !this.decided) this.active = this.text.trim() !== ''
    },

    presetText({ text, timed }: Preset) {
      const needsZone = timed && this.presetZone !== this.serverZone
      return needsZone ? `CRON_TZ=${this.presetZone} ${text}` : text
    },

    /** Somebody who chooses a schedule wants it to run. */
    choose(preset: Preset) {
      this.text = this.presetText(preset)
      this.active = true
      return this.check()
    },

    clear() {
      this.text = ''
      this.active = false
      return this.check()
    },

    show(fields: Fields) {
      const text = String(fields['cron_schedule'] ?? '')
      this.active = fields['cron_status'] === 'active'
      this.catchUp = fields['cron_catch_up'] === true
      if (text === this.text.trim()) return
      this.text = text
      this.check()
    }
  })
type Editing = ReturnType<typeof createEditing>

const createScheduleEdit = (state: State & Editing): FormEdit =>
  createFormEdit({
    read: fn => ({
      cron_schedule: fn.cron_schedule ?? '',
      cron_status: fn.cron_status ?? 'paused',
      cron_catch_up: fn.cron_catch_up ?? false
    }),
    mine: () => ({
      cron_schedule: state.text.trim(),
      cron_status: state.active ? 'active' : 'paused',
      cron_catch_up: state.catchUp
    }),
    show: fields => {
      state.show(fields)
    },
    send: (_wanted, changed, tag) => updateFunction(current.fn.id, changed, tag),
    label: name => t(labels[name] ?? 'schedule.title')
  })

component('schedule', () => {
  let edit: FormEdit
  let forget = (): void => {}
  return {
    ...createState(),
    ...createChecking(),
    ...createEditing(),

    init() {
      edit = createScheduleEdit(this)
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

    changed() {
      return edit.changed()
    },

    async save() {
      this.failure = ''
      const isSaved = await saveForm(this, edit, error => {
        this.failure = describeError(error).text
      })
      if (isSaved) this.decided = false
      return isSaved
    }
  }
})
