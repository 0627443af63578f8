/** When a function runs by itself. The server says when that will be; the times shown are the reader's. */
import { component } from '../../alpine.js'
import { checkSchedule, updateFunction } from '../../api/functions.js'
import { getStatus } from '../../api/server.js'
import { t } from '../../i18n/locale.js'
import { serverWords } from '../../api/server-words.js'
import { busily } from '../../shell/loading.js'
import { fail, inWords, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { addForm } from './unsaved.js'

/** `timed` presets name an hour, which is one in some time zone. */
const presets = [
  { id: 'everyFiveMinutes', text: '*/5 * * * *', timed: false },
  { id: 'hourly', text: '0 * * * *', timed: false },
  { id: 'daily', text: '0 9 * * *', timed: true },
  { id: 'weekdays', text: '0 9 * * MON-FRI', timed: true },
  { id: 'monthly', text: '0 9 1 * *', timed: true }
] as const

const readersZone = Intl.DateTimeFormat().resolvedOptions().timeZone

component('schedule', () => {
  let asked = 0
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

    init () {
      this.check()
      forget = addForm({ title: 'schedule.title', changed: () => this.changed(), save: () => this.save() })
      getStatus().then(status => { this.serverZone = status.time_zone }, fail)
    },
    destroy () { forget() },

    changed () {
      const { fn } = current
      return this.text.trim() !== (fn.cron_schedule ?? '') || this.active !== (fn.cron_status === 'active') || this.catchUp !== (fn.cron_catch_up ?? false)
    },

    /** A first schedule is meant to run, unless the reader says otherwise. */
    type () {
      if (!this.decided && (current.fn.cron_schedule ?? '') === '') this.active = this.text.trim() !== ''
      return this.check()
    },

    presetText ({ text, timed }: typeof presets[number]) {
      return timed && this.presetZone !== this.serverZone ? `CRON_TZ=${this.presetZone} ${text}` : text
    },

    /** Whoever chooses a schedule wants it to run. */
    choose (preset: typeof presets[number]) {
      this.text = this.presetText(preset)
      this.active = true
      return this.check()
    },

    clear () {
      this.text = ''
      this.active = false
      return this.check()
    },

    /** Only the answer to the latest question counts. */
    async check () {
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

    save () {
      return busily(this, async () => {
        await updateFunction(current.fn.id, { cron_schedule: this.text.trim(), cron_status: this.active ? 'active' : 'paused', cron_catch_up: this.catchUp })
        await current.refresh()
        this.decided = false
        succeed(t('common.savedChanges'))
      }, error => { this.problem = inWords(error).text })
    }
  }
})
