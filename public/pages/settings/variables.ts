/** The environment variables of a function: hidden until asked for; a whole .env may be pasted anywhere in the form. */
import { component } from '../../alpine.js'
import { replaceEnv } from '../../api/functions.js'
import { parseDotenv } from '../../format/dotenv.js'
import { t, tn } from '../../i18n/locale.js'
import { busily } from '../../shell/loading.js'
import { inWords, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'

interface Row { key: number, name: string, value: string, shown: boolean }

let lastKey = 0
const toRow = (name: string, value: string, shown = false): Row => ({ key: ++lastKey, name, value, shown })
const saved = (): Row[] => Object.entries(current.fn.env_vars).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => toRow(name, value))
const toRecord = (rows: readonly Row[]): Record<string, string> => Object.fromEntries(rows.filter(row => row.name !== '' || row.value !== '').map(row => [row.name.trim(), row.value]))
const sorted = (record: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1))

component('variables', () => ({
  busy: false,
  error: '',
  list: saved(),

  changed () { return sorted(toRecord(this.list)) !== sorted(current.fn.env_vars) },
  allShown () { return this.list.length > 0 && this.list.every(row => row.shown) },
  toggleAll () {
    const shown = !this.allShown()
    for (const row of this.list) row.shown = shown
  },
  add () {
    this.list.push(toRow('', '', true))
    this.$nextTick(() => this.$root.querySelector<HTMLElement>('.pair:last-of-type input')?.focus())
  },
  remove (index: number) { this.list.splice(index, 1) },

  onPaste (event: ClipboardEvent) {
    const pasted = parseDotenv(event.clipboardData?.getData('text') ?? '')
    if (pasted.length === 0) return
    event.preventDefault()
    const kept = this.list.filter(row => (row.name !== '' || row.value !== '') && !pasted.some(({ name }) => name === row.name))
    this.list = [...kept, ...pasted.map(({ name, value }) => toRow(name, value))]
    succeed(tn('variables.pasted', pasted.length))
  },

  save () {
    this.error = ''
    const names = this.list.map(row => row.name.trim()).filter(Boolean)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) {
      this.error = t('variables.twice', { name: twice })
      return
    }
    return busily(this, async () => {
      await replaceEnv(current.fn.id, toRecord(this.list))
      await current.refresh()
      this.list = saved()
      succeed(t('common.savedChanges'))
    }, error => { this.error = inWords(error).text })
  }
}))
