/** The three states of whatever is fetched: loading, ready, failed with words. */
import { Failure } from '../api/failure.js'
import { fail, inWords } from './toasts.js'

export interface Loading {
  status: 'loading' | 'ready' | 'failed'
  problem: { text: string; detail: string; missing: boolean }
  ask: Turns
}

export interface Turns {
  /** Begins a question; its answer counts for as long as no later one has begun. */
  (): () => boolean
  /** For what belongs to the last question; it counts for as long as that one does. */
  again: () => () => boolean
}

export function createTurns(): Turns {
  let last = 0
  const again = () => {
    const mine = last
    return () => mine === last
  }
  return Object.assign(
    () => {
      last++
      return again()
    },
    { again }
  )
}

export const loading = (): Loading => ({
  status: 'loading',
  problem: { text: '', detail: '', missing: false },
  ask: createTurns()
})

/**
 * Fetches, then shows, and keeps the state true. What is shown already stays while it is fetched anew. Answers may
 * come in another order than they were asked for: only the one to the latest question is shown.
 */
export async function track<T>(
  state: Loading,
  fetched: () => Promise<T>,
  show: (given: T) => void
): Promise<void> {
  const counts = state.ask()
  if (state.status === 'failed') state.status = 'loading'
  try {
    const given = await fetched()
    if (!counts()) return
    show(given)
    state.status = 'ready'
  } catch (error) {
    if (!counts() || (error instanceof DOMException && error.name === 'AbortError')) return
    state.problem = { ...inWords(error), missing: error instanceof Failure && error.status === 404 }
    state.status = 'failed'
  }
}

/** Runs `work` with `state.busy` set; failures become toasts. True when it went well. */
export async function busily(
  state: { busy: boolean },
  work: () => Promise<void>,
  onError: (error: unknown) => void
): Promise<boolean> {
  if (state.busy) return false
  state.busy = true
  try {
    await work()
    return true
  } catch (error) {
    onError(error)
    return false
  } finally {
    state.busy = false
  }
}

/** Fetches what comes behind what is shown, unless that was asked for anew meanwhile. Failures become toasts. */
export function extend<T>(
  state: Loading & { busy: boolean },
  fetched: () => Promise<T>,
  show: (given: T) => void
): Promise<boolean> {
  const counts = state.ask.again()
  return busily(
    state,
    async () => {
      const given = await fetched()
      if (counts()) show(given)
    },
    error => {
      if (counts()) fail(error)
    }
  )
}
