/** Says when the server cannot be reached, tries again by itself, and tells pages when it is back. */
import { store } from '../alpine.js'

const firstWaitMs = 1_000
const longestWaitMs = 15_000

let timer: ReturnType<typeof setTimeout> | undefined
let waitMs = firstWaitMs

export const connection = store('connection', {
  lost: false,
  trying: false,
  async retry () {
    clearTimeout(timer)
    this.trying = true
    const reached = await fetch('/healthz', { cache: 'no-store' }).then(() => true, () => false)
    this.trying = false
    if (reached) onReached()
    else schedule()
  }
})

function schedule (): void {
  clearTimeout(timer)
  timer = setTimeout(() => { connection.retry() }, waitMs)
  waitMs = Math.min(waitMs * 2, longestWaitMs)
}

export function onUnreachable (): void {
  if (connection.lost) return
  connection.lost = true
  waitMs = firstWaitMs
  schedule()
}

export function onReached (): void {
  if (!connection.lost) return
  clearTimeout(timer)
  connection.lost = false
  dispatchEvent(new CustomEvent('moonlet:reconnected'))
}
