/** Where variables are: a function has some of its own, and there are those that all functions share. */
import { store } from '../../alpine.js'
import { getSharedVariables, sharedVariablesApi } from '../../api/shared-variables.js'
import { variablesApi, type Variables } from '../../api/variables.js'
import { missingVariables } from '../../format/needed-variables.js'
import type { TextKey } from '../../i18n/locale.js'
import { current } from '../function.js'
import { createQuestions, type Subject } from '../function/subject.js'

const questions = createQuestions()

/** The shared variables as the page knows them. */
export const shared = store('sharedVariables', {
  found: { env_vars: {} } as Variables,
  tag: '',
  now(): Variables {
    return this.found
  },
  refresh(): Promise<void> {
    return questions.ask(getSharedVariables, ({ found, tag }) => {
      this.show(found, tag)
    })
  },
  settled: questions.settled,
  take(found: Variables, tag: string): void {
    questions.drop()
    this.show(found, tag)
  },
  show(found: Variables, tag: string): void {
    this.tag = tag
    this.found = found
  }
})

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
