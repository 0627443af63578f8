/** Where variables are: a function has some of its own, and there are those that all functions share. */
import { store } from '../../alpine.js'
import {
  forgetEnvHistory,
  getFormerEnv,
  listEnvHistory,
  replaceEnv,
  restoreEnv,
  type Paging
} from '../../api/functions.js'
import {
  forgetSharedHistory,
  getFormerShared,
  getSharedVariables,
  listSharedHistory,
  replaceSharedVariables,
  restoreShared,
  type SharedVariables
} from '../../api/shared-variables.js'
import type { EnvHistoryEntry, Pagination } from '../../api/types.js'
import { missingVariables } from '../../format/needed-variables.js'
import type { TextKey } from '../../i18n/locale.js'
import { current } from '../function.js'
import { createQuestions, type Subject } from '../function/subject.js'

const questions = createQuestions()

/** The shared variables as the page knows them. */
export const shared = store('sharedVariables', {
  found: { env_vars: {} } as SharedVariables,
  tag: '',
  now(): SharedVariables {
    return this.found
  },
  refresh(): Promise<void> {
    return questions.ask(getSharedVariables, ({ found, tag }) => {
      this.show(found, tag)
    })
  },
  settled: questions.settled,
  take(found: SharedVariables, tag: string): void {
    questions.drop()
    this.show(found, tag)
  },
  show(found: SharedVariables, tag: string): void {
    this.tag = tag
    this.found = found
  }
})

export interface Place {
  readonly title: TextKey
  readonly subject: Subject<SharedVariables>
  /** What tells that the subject is another by now. */
  readonly watched: string
  readonly variables: () => Readonly<Record<string, string>>
  /** What the code reads and nobody has set. */
  readonly missing: () => string[]
  /** The shared variables that a function sees, or hides by its own. */
  readonly inherited: () => readonly string[]
  readonly replace: (wanted: object, tag: string) => Promise<unknown>
  readonly history: (
    query: Paging
  ) => Promise<{ history: EnvHistoryEntry[]; pagination: Pagination }>
  readonly former: (entry: number) => Promise<{ env_vars: Record<string, string> }>
  readonly restore: (entry: number, tag: string) => Promise<unknown>
  readonly forget: () => Promise<unknown>
}

const ofFunction: Place = {
  title: 'variables.title',
  subject: current as Subject<SharedVariables>,
  watched: '$store.current.fn',
  variables: () => current.fn.env_vars,
  missing: () => missingVariables(current.fn),
  inherited: () => current.fn.shared ?? [],
  replace: (wanted, tag) => replaceEnv(current.fn.id, wanted, tag),
  history: query => listEnvHistory(current.fn.id, query),
  former: entry => getFormerEnv(current.fn.id, entry),
  restore: (entry, tag) => restoreEnv(current.fn.id, entry, tag),
  forget: () => forgetEnvHistory(current.fn.id)
}

const ofAll: Place = {
  title: 'account.variables',
  subject: shared,
  watched: '$store.sharedVariables.found',
  variables: () => shared.found.env_vars,
  missing: () => [],
  inherited: () => [],
  replace: replaceSharedVariables,
  history: listSharedHistory,
  former: getFormerShared,
  restore: restoreShared,
  forget: forgetSharedHistory
}

/** The place of the card that an element is in. */
export const placeOf = (element: HTMLElement): Place =>
  element.closest<HTMLElement>('[data-scope]')?.dataset['scope'] === 'shared' ? ofAll : ofFunction
