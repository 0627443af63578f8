/** When a function runs by itself. The server says when that will be; the times shown are the reader's. */
import { component } from '../../alpine.js'
import { checkSchedule, updateFunction } from '../../api/functions.js'
import { t } from '../../i18n/locale.js'
import { busily } from '../../shell/loading.js'
import { fail, inWords, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'

const presets = [
  { id: 'everyFiveMinutes', text: '*/5 * * * *' },
  { id: 'hourly', text: '0 * * * *' },
  { id: 'daily', text: '0 9 * * *' },
  { id: 'weekdays', text: '0 9 * * MON-FRI' },
  { id: 'monthly', text: '0 9 1 * *' }
] as const

component('schedule', () => {
  let asked = 0
  return {
    busy: false,
    problem: '',
    checked: false,
    text: current.fn.cron_schedule ?? '',
    active: current.fn.cron_status === 'active',
    catchUp: current.fn.cron_catch_up ?? false,
    runs: [] as number[],
    presets,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,

    init () { this.check() },

    changed () {
      const { fn } = current
      return this.text.trim() !== (fn.cron_schedule ?? '') || this.active !== (fn.cron_status === 'active') || this.catchUp !== (fn.cron_catch_up ?? false)
    },

    /** Whoever chooses a schedule wants it to run. */
    choose (text: string) {
      this.text = text
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
        this.problem = answer.ok ? '' : answer.error
      } catch (error) {
        fail(error)
      }
    },

    save () {
      return busily(this, async () => {
        await updateFunction(current.fn.id, { cron_schedule: this.text.trim(), cron_status: this.active ? 'active' : 'paused', cron_catch_up: this.catchUp })
        await current.refresh()
        succeed(t('common.savedChanges'))
      }, error => { this.problem = inWords(error).text })
    }
  }
})
