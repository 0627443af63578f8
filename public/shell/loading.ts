/** What comes from the server is loading, ready, or failed with a text. A late response never replaces a newer one. */
import { isMissing } from '../api/failure.js'
import { describeError, fail } from './toasts.js'

export interface Loading {
  status: 'loading' | 'ready' | 'failed'
  problem: { text: string; detail: string; missing: boolean }
  requests: RequestGuard
}

/** Tells whether a response still belongs to the latest request. */
export interface RequestGuard {
  /** Begins a new request. The function it returns is true until another one begins. */
  start(): () => boolean
  /** Joins the latest request, for example to load more rows of it. */
  join(): () => boolean
}

export function createRequestGuard(): RequestGuard {
  let latest = 0
  const join = () => {
    const mine = latest
    return () => mine === latest
  }
  return {
    join,
    start() {
      latest++
      return join()
    }
  }
}

export const loading = (): Loading => ({
  status: 'loading',
  problem: { text: '', detail: '', missing: false },
  requests: createRequestGuard()
})

/**
 * Fetches, shows, and keeps `state` up to date. What is shown already stays while it is fetched again. Responses may
 * arrive out of order: only the one to the latest request is shown.
 */
export async function loadInto<T>(
  state: Loading,
  fetch: () => Promise<T>,
  show: (loaded: T) => void
): Promise<void> {
  const isCurrent = state.requests.start()
  if (state.status === 'failed') state.status = 'loading'
  try {
    const loaded = await fetch()
    if (!isCurrent()) return
    show(loaded)
    state.status = 'ready'
  } catch (error) {
    const isAborted = error instanceof DOMException && error.name === 'AbortError'
    if (isAborted || !isCurrent()) return
    state.problem = { ...describeError(error), missing: isMissing(error) }
    state.status = 'failed'
  }
}

/** Runs `work` with `state.busy` set; does nothing while it is set already. True: `work` succeeded. */
export async function withBusy(
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

/** Loads what follows the rows that are shown, unless the list is loaded again meanwhile. Failures become toasts. */
export function loadMore<T>(
  state: Loading & { busy: boolean },
  fetch: () => Promise<T>,
  show: (loaded: T) => void
): Promise<boolean> {
  const isCurrent = state.requests.join()
  return withBusy(
    state,
    async () => {
      const loaded = await fetch()
      if (isCurrent()) show(loaded)
    },
    error => {
      if (isCurrent()) fail(error)
    }
  )
}
