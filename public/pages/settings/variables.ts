/** The environment variables of a function: hidden until asked for; a .env is taken only where one asks for it. */
import { component } from '../../alpine.js'
import { replaceEnv } from '../../api/functions.js'
import { missingVariables } from '../../format/needed-variables.js'
import { t, tn } from '../../i18n/locale.js'
import { busily } from '../../shell/loading.js'
import { inWords, succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import type { Chosen } from './paste-env.js'
import { addForm } from './unsaved.js'
import { findProblem, toRecord, toRow, type Row } from './variable-rows.js'

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => a < b ? -1 : 1
const sorted = (record: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(record).sort(byName))

/** What is set, then what the code reads besides. */
function saved (): Row[] {
  const { env_vars: set, active_version: { code } } = current.fn
  return [
    ...Object.entries(set).sort(byName).map(([name, value]) => toRow(name, value)),
    ...missingVariables(code, set).map(name => toRow(name, '', { shown: true, suggested: true }))
  ]
}

component('variables', () => {
  let forget = (): void => {}
  return {
    busy: false,
    error: '',
    /** The row that the error is about; 0 for none. */
    wrong: 0,
    list: saved(),

    init () { forget = addForm({ title: 'variables.title', changed: () => this.changed(), save: () => this.save() }) },
    destroy () { forget() },

    changed () { return sorted(toRecord(this.list)) !== sorted(current.fn.env_vars) },
    allShown () { return this.list.length > 0 && this.list.every(row => row.shown) },
    toggleAll () {
      const shown = !this.allShown()
      for (const row of this.list) row.shown = shown
    },
    toggle (row: Row) {
      row.shown = !row.shown
      if (row.shown) this.focus(row, 'textarea')
    },
    add () {
      const row = toRow('', '', { shown: true })
      this.list.push(row)
      this.focus(row, 'input')
    },
    /** The focus goes to what took the place of the row, or to the way to add one. */
    remove (index: number) {
      this.list.splice(index, 1)
      const next = this.list[Math.min(index, this.list.length - 1)]
      if (next) this.focus(next, 'input')
      else this.$nextTick(() => this.$refs['add']?.focus())
    },
    focus (row: Row, field: 'input' | 'textarea') {
      this.$nextTick(() => this.$root.querySelector<HTMLElement>(`[data-key="${row.key}"] ${field}`)?.focus())
    },

    /** What the reader chose of a pasted .env; nothing is saved yet. */
    take (chosen: Chosen[]) {
      const names = new Set(chosen.map(({ name }) => name))
      const kept = this.list.filter(row => (row.name !== '' || row.value !== '') && !names.has(row.name.trim()))
      this.list = [...kept, ...chosen.map(({ name, value }) => toRow(name, value))]
      succeed(tn('variables.pasted', chosen.length))
    },

    save (): boolean | Promise<boolean> {
      const problem = findProblem(this.list)
      this.error = problem?.text ?? ''
      this.wrong = problem?.row.key ?? 0
      if (problem) {
        problem.row.shown = true
        this.focus(problem.row, problem.row.name.trim() === '' ? 'input' : 'textarea')
        return false
      }
      return busily(this, async () => {
        await replaceEnv(current.fn.id, toRecord(this.list))
        await current.refresh()
        this.list = saved()
        succeed(t('common.savedChanges'))
      }, error => { this.error = inWords(error).text })
    }
  }
})
