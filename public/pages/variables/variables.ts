/**
 * The environment variables of a function, or those that all share: hidden until asked for; a .env is taken only where
 * one asks for it.
 */
import { component, part } from '../../alpine.js'
import { replaceVariables } from '../../api/variables.js'
import { tn } from '../../i18n/locale.js'
import { describeError, succeed } from '../../shell/toasts.js'
import { createEdit, saveForm, type FormEdit } from '../function/form-edit.js'
import type { Fields } from '../function/merge.js'
import { addForm } from '../settings/unsaved.js'
import type { Chosen } from './paste-env.js'
import { placeOf, type Place } from './places.js'
import { findProblem, toRecord, toRow, type Row } from './rows.js'

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)

/** What is set, then what the code reads besides. */
const saved = (place: Place): Row[] => [
  ...Object.entries(place.subject.now().env_vars)
    .sort(byName)
    .map(([name, value]) => toRow(name, value)),
  ...place.missing().map(name => toRow(name, '', { shown: true, suggested: true }))
]

const createState = () => ({
  busy: false,
  error: '',
  /** The row that the error is about; 0 for none. */
  wrong: 0,
  list: [] as Row[],
  /** Names of the shared variables that the function sees or hides. */
  inherited: [] as readonly string[]
})
type State = ReturnType<typeof createState>

const createRowActions = () =>
  part<State>()({
    allShown() {
      return this.list.length > 0 && this.list.every(row => row.shown)
    },
    toggleAll() {
      const shown = !this.allShown()
      for (const row of this.list) row.shown = shown
    },
    toggle(row: Row) {
      row.shown = !row.shown
      if (row.shown) this.focus(row, 'textarea')
    },

    add() {
      const row = toRow('', '', { shown: true })
      this.list.push(row)
      this.focus(row, 'input')
    },
    /** One of the function's own stands before the shared one. */
    override(name: string) {
      const row = toRow(name, '', { shown: true })
      this.list.push(row)
      this.focus(row, 'textarea')
    },
    isOverridden(name: string) {
      return this.list.some(row => row.name.trim() === name)
    },
    overrides(row: Row) {
      return this.inherited.includes(row.name.trim())
    },
    /** What of the shared ones the function sees, as the form stands. */
    seen() {
      return this.inherited.filter(name => !this.isOverridden(name))
    },
    /** The focus goes to what took the place of the row, or to the button that adds one. */
    remove(index: number) {
      const addButton = this.$refs['add']
      this.list.splice(index, 1)
      const next = this.list[Math.min(index, this.list.length - 1)]
      if (next) this.focus(next, 'input')
      else this.$nextTick(() => addButton?.focus())
    },
    focus(row: Row, field: 'input' | 'textarea') {
      // Afterwards $root is unknown when the button that was clicked has gone.
      const root = this.$root
      this.$nextTick(() =>
        root.querySelector<HTMLElement>(`[data-key="${row.key}"] ${field}`)?.focus()
      )
    },

    /** What the user chose of a pasted .env; nothing is saved yet. */
    take(chosen: Chosen[]) {
      const names = new Set(chosen.map(({ name }) => name))
      const isEmpty = (row: Row): boolean => row.name === '' && row.value === ''
      const kept = this.list.filter(row => !isEmpty(row) && !names.has(row.name.trim()))
      this.list = [...kept, ...chosen.map(({ name, value }) => toRow(name, value))]
      succeed(tn('variables.pasted', chosen.length))
    }
  })
type RowActions = ReturnType<typeof createRowActions>

/** Rows stay where they are; what is new comes behind them. */
function mergeRows(rows: readonly Row[], fields: Fields): Row[] {
  const before = toRecord(rows)
  const isIn = (record: Fields, row: Row): boolean => Object.hasOwn(record, row.name.trim())
  const kept = rows.filter(row => isIn(fields, row) || !isIn(before, row))
  for (const row of kept.filter(row => isIn(fields, row))) {
    const { value, crlf } = toRow(row.name, String(fields[row.name.trim()]))
    Object.assign(row, { value, crlf })
  }
  const names = new Set(kept.map(row => row.name.trim()))
  const added = Object.entries(fields).filter(([name]) => !names.has(name))
  return [...kept, ...added.map(([name, value]) => toRow(name, String(value)))]
}

const createSaving = (edit: () => FormEdit, place: () => Place) =>
  part<State & RowActions>()({
    changed() {
      return edit().changed()
    },

    save(): boolean | Promise<boolean> {
      const problem = findProblem(this.list)
      this.error = problem?.text ?? ''
      this.wrong = problem?.row.key ?? 0
      if (!problem) return this.send()
      problem.row.shown = true
      this.focus(problem.row, problem.row.name.trim() === '' ? 'input' : 'textarea')
      return false
    },

    async send(): Promise<boolean> {
      const isDone = await saveForm(this, edit(), error => {
        this.error = describeError(error).text
      })
      if (isDone) this.list = saved(place())
      return isDone
    }
  })

component('variables', () => {
  let edit: FormEdit
  let place: Place
  let forget = (): void => {}
  return {
    ...createState(),
    ...createRowActions(),
    ...createSaving(
      () => edit,
      () => place
    ),

    init() {
      place = placeOf(this.$root)
      this.list = saved(place)
      this.inherited = place.inherited()
      forget = addForm({
        title: place.title,
        changed: () => this.changed(),
        save: () => this.save()
      })
      edit = createEdit(place.subject, {
        read: now => now.env_vars,
        mine: () => toRecord(this.list),
        show: fields => {
          this.list = mergeRows(this.list, fields)
        },
        send: (wanted, _changed, tag) => replaceVariables(place.api(), wanted, tag),
        label: name => name,
        secret: true
      })
      this.$watch(place.watched, () => {
        this.inherited = place.inherited()
        edit.follow()
      })
    },
    destroy() {
      forget()
    }
  }
})
