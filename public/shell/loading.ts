/** The three states of whatever is fetched: loading, ready, failed with words. */
import { Failure } from '../api/failure.js'
import { inWords } from './toasts.js'

export interface Loading {
  status: 'loading' | 'ready' | 'failed'
  problem: { text: string, detail: string, missing: boolean }
}

export const loading = (): Loading => ({ status: 'loading', problem: { text: '', detail: '', missing: false } })

/** Runs `work` and keeps the state true. What is shown already stays while it is fetched anew. */
export async function track (state: Loading, work: () => Promise<void>): Promise<void> {
  if (state.status === 'failed') state.status = 'loading'
  try {
    await work()
    state.status = 'ready'
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return
    state.problem = { ...inWords(error), missing: error instanceof Failure && error.status === 404 }
    state.status = 'failed'
  }
}

/** Runs `work` with `state.busy` set; failures become toasts. True when it went well. */
export async function busily (state: { busy: boolean }, work: () => Promise<void>, onError: (error: unknown) => void): Promise<boolean> {
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
