/** The question what shall hold where two people changed the same fields, in a native modal dialog. */
import { store } from '../alpine.js'
import { t } from '../i18n/locale.js'
import type { Clash, Value } from '../pages/function/merge.js'

export interface ClashRow {
  name: string
  label: string
  mine: string
  theirs: string
  choice: '' | Side
}
type Side = 'mine' | 'theirs'
export type Choices = Readonly<Record<string, Side>>

export interface ClashQuestion {
  readonly clashes: readonly Clash[]
  readonly label: (name: string) => string
  /** A value in words; left out, it is shown as it is. */
  readonly describe?: ((name: string, value: Value) => string) | undefined
  /** The values are secrets: hidden until asked for. */
  readonly secret?: boolean
}

let settle: ((choices: Choices | undefined) => void) | undefined
const element = (): HTMLDialogElement | null =>
  document.querySelector<HTMLDialogElement>('#clashes')

const clashes = store('clashes', {
  rows: [] as ClashRow[],
  secret: false,
  shown: true,
  complete(): boolean {
    return this.rows.every(({ choice }) => choice !== '')
  },
  chooseAll(side: Side) {
    for (const row of this.rows) row.choice = side
  },
  confirm() {
    if (!this.complete()) return
    answer(Object.fromEntries(this.rows.map(({ name, choice }) => [name, choice as Side])))
  },
  cancel() {
    answer(undefined)
  },
  /** Hidden values do not show their lengths either. */
  show(text: string): string {
    return this.shown ? text : '••••••••'
  }
})

function answer(choices: Choices | undefined): void {
  const told = settle
  settle = undefined
  element()?.close()
  // Values do not stay in the page.
  clashes.rows = []
  told?.(choices)
}

function toText(value: Value): string {
  if (value === undefined) return t('changes.nothing')
  if (typeof value === 'boolean') return t(value ? 'changes.on' : 'changes.off')
  return value === '' ? t('changes.empty') : String(value)
}

/** Resolves with the side of each field; undefined when the reader goes back to the form instead. */
export function askClashes({
  clashes: found,
  label,
  describe = (_name, value) => toText(value),
  secret = false
}: ClashQuestion): Promise<Choices | undefined> {
  settle?.(undefined)
  clashes.rows = found.map(({ name, mine, theirs }) => ({
    name,
    label: label(name),
    mine: describe(name, mine),
    theirs: describe(name, theirs),
    choice: ''
  }))
  clashes.secret = secret
  clashes.shown = !secret
  element()?.showModal()
  return new Promise(resolve => {
    settle = resolve
  })
}
