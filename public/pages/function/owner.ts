/** Whose code a page shows: the function of the page, or the shared module. */
import { store } from '../../alpine.js'
import { createFunction, functionApi, runDraft } from '../../api/functions.js'
import { replaceVariables, variablesApi } from '../../api/variables.js'
import type { DraftEvent, DraftOutcome, RequiredModule, Version } from '../../api/types.js'
import { route } from '../../shell/router.js'
import { functionPath } from '../../shell/routes.js'
import { forget, nameOfRecent } from '../../shell/recent.js'
import { fail } from '../../shell/toasts.js'
import { current } from '../function.js'
import type { Subject } from './subject.js'

export interface Owned {
  id: string
  name: string
  active_version: Version
  requires?: RequiredModule[]
}

/** What code that is not saved yet can be run as. */
export interface Target {
  readonly id: string
  readonly name: string
}

export interface CodeOwner {
  readonly subject: Subject<Owned>
  /** What tells that the subject is another by now. */
  readonly watched: string
  /** Its address in the API. */
  readonly api: (id: string) => string
  /** The address of one of its tabs. */
  readonly page: (id: string, tab: string) => string
  /** Left out: a function is run as itself. */
  readonly targets?: () => Promise<Target[]>
  /** Code that runs too when it is run as the target. */
  readonly alsoRuns: (target: string) => Promise<string>
  readonly run: (code: string, event: DraftEvent, target: string) => Promise<DraftOutcome>
  /** What the server calls the code of this page in errors; undefined for a function's. */
  readonly module: () => string | undefined
  /** Makes another of what the page knew of it, and of this code where there is any. */
  readonly createAgain: (code: string | undefined) => Promise<{ name: string; path: string }>
}

const ofFunction: CodeOwner = {
  subject: current,
  watched: '$store.current.fn',
  api: functionApi,
  page: functionPath,
  alsoRuns: async () => '',
  run: (code, event) => runDraft(current.fn.id, { code, event }),
  module: () => undefined,
  async createAgain(typed) {
    const isKnown = current.fn.id === route.id
    const name = isKnown ? current.fn.name : nameOfRecent(route.id)
    const { description = '', env_vars: variables, active_version: active } = current.fn
    const code = typed ?? (isKnown ? active.code : '')
    const made = await createFunction({ name, code, ...(isKnown ? { description } : {}) })
    forget(route.id)
    if (isKnown && Object.keys(variables).length > 0) {
      await replaceVariables(variablesApi(made.id), variables).catch(fail)
    }
    return { name, path: functionPath(made.id) }
  }
}

/** By page. Followed, since pages that are loaded when they are opened first bring their owner along. */
const owners = store('owners', { list: {} as Record<string, CodeOwner> })
export const addOwner = (page: string, owner: CodeOwner): void => {
  owners.list[page] = owner
}
export const ownerOfPage = (): CodeOwner => owners.list[route.page] ?? ofFunction
