/**
 * Says when the server cannot be reached, tries again by itself, and says when it is back. A server may be away while
 * nothing is asked of it, or take a request and never respond: so a visible page that has heard nothing for a while
 * asks.
 */
import { store } from '../alpine.js'
import { toBrowserPath } from '../base-path.js'
import { t } from '../i18n/locale.js'
import { succeed } from './toasts.js'

const firstWaitMs = 1_000
const longestWaitMs = 15_000
/** Without any answer for so long the page asks, and waits for so long. */
const quietMs = 3_000
const patienceMs = 2_000

let timer: ReturnType<typeof setTimeout> | undefined
let waitMs = firstWaitMs
let lastAnswer = performance.now()

/** True when the server answers in time, with any status. */
const isThere = (): Promise<boolean> =>
  fetch(toBrowserPath('/healthz'), {
    cache: 'no-store',
    signal: AbortSignal.timeout(patienceMs)
  }).then(
    () => true,
    () => false
  )

const connection = store('connection', {
  lost: false,
  trying: false,
  async retry() {
    clearTimeout(timer)
    this.trying = true
    const reached = await isThere()
    this.trying = false
    if (reached) onReached()
    else schedule()
  }
})

function schedule(): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    connection.retry()
  }, waitMs)
  waitMs = Math.min(waitMs * 2, longestWaitMs)
}

export function onUnreachable(): void {
  if (connection.lost) return
  connection.lost = true
  waitMs = firstWaitMs
  schedule()
}

export function onReached(): void {
  lastAnswer = performance.now()
  if (!connection.lost) return
  clearTimeout(timer)
  connection.lost = false
  succeed(t('shell.back'))
  dispatchEvent(new CustomEvent('moonlet:reconnected'))
}

let asking = false
async function askWhenQuiet(): Promise<void> {
  const quiet = performance.now() - lastAnswer >= quietMs
  if (asking || connection.lost || document.hidden || !quiet) return
  asking = true
  const reached = await isThere()
  asking = false
  if (reached) lastAnswer = performance.now()
  // A page that was hidden meanwhile may have been put to sleep with its request.
  else if (!document.hidden) onUnreachable()
}

export function watchConnection(): void {
  setInterval(() => {
    askWhenQuiet()
  }, 1_000)
  addEventListener('offline', onUnreachable)
  addEventListener('online', () => {
    if (connection.lost) connection.retry()
  })
}
