/** Keeps the scroll position in each entry of the history, so that Back and a reload lead to where the user was. */

/** Browsers allow few changes of the history in a second: the position is saved once scrolling has paused. */
const SAVE_DELAY_MS = 150
/** A page may have to wait for the server before it is as long as it was. */
const MAX_RESTORE_MS = 10_000

interface HistoryState {
  readonly scroll?: number
}

let timer: ReturnType<typeof setTimeout> | undefined
/** Where to scroll to as soon as the page is long enough; 0 when nothing is to be restored. */
let wanted = 0
let restoring = 0

/** Has to run before a new entry of the history begins. */
export function saveScroll(): void {
  clearTimeout(timer)
  const state = history.state as HistoryState | null
  if (wanted > 0 || (state?.scroll ?? 0) === scrollY) return
  history.replaceState({ ...state, scroll: scrollY }, '')
}

/** Scrolls to where the present entry was left, unless the user moves first. */
export function restoreScroll(): void {
  clearTimeout(timer)
  wanted = (history.state as HistoryState | null)?.scroll ?? 0
  const mine = ++restoring
  const end = performance.now() + MAX_RESTORE_MS
  const step = (): void => {
    if (wanted === 0 || mine !== restoring) return
    const isLongEnough = document.documentElement.scrollHeight - innerHeight >= wanted
    if (isLongEnough) scrollTo(0, wanted)
    if (isLongEnough || performance.now() > end) wanted = 0
    else requestAnimationFrame(step)
  }
  step()
}

export function followScroll(): void {
  const saveSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(saveScroll, SAVE_DELAY_MS)
  }
  addEventListener('scroll', saveSoon, { passive: true })
  for (const event of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    addEventListener(
      event,
      () => {
        wanted = 0
      },
      { passive: true, capture: true }
    )
  }
}
