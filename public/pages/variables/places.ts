/** Where variables are: a function has some of its own, and there are those that all functions share. */
import { store } from '../../alpine.js'
import { getSharedVariables, sharedVariablesApi } from '../../api/shared-variables.js'
import { variablesApi, type Variables } from '../../api/variables.js'
import { missingVariables } from '../../format/needed-variables.js'
import type { TextKey } from '../../i18n/locale.js'
import { current } from '../function.js'
import { createSubject, type Subject } from '../function/subject.js'

/** The shared variables as the page knows them. */
export const shared = store(
  'sharedVariables',
  createSubject<Variables>({ env_vars: {} }, getSharedVariables)
)

export interface Place {
  readonly title: TextKey
  readonly subject: Subject<Variables>
  /** What tells that the subject is another by now. */
  readonly watched: string
  /** The address of the variables in the API. */
  readonly api: () => string
  /** What the code reads and nobody has set. */
  readonly missing: () => string[]
  /** The shared variables that a function sees, or hides by its own. */
  readonly inherited: () => readonly string[]
}

const ofFunction: Place = {
  title: 'variables.title',
  subject: current,
  watched: '$store.current.fn',
  api: () => variablesApi(current.fn.id),
  missing: () => missingVariables(current.fn),
  inherited: () => current.fn.shared ?? []
}

const ofAll: Place = {
  title: 'account.variables',
  subject: shared,
  watched: '$store.sharedVariables.found',
  api: () => sharedVariablesApi,
  missing: () => [],
  inherited: () => []
}

/** The place of the card that an element is in. */
export const placeOf = (element: HTMLElement): Place =>
  element.closest<HTMLElement>('[data-scope]')?.dataset['scope'] === 'shared' ? ofAll : ofFunction
