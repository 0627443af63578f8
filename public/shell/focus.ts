/** Keeps the keyboard where it was when what it stood on goes away. */

const focusable = 'a[href], button:not([disabled])'

const isLost = (): boolean => {
  const { activeElement } = document
  return (
    !(activeElement instanceof HTMLElement) ||
    activeElement === document.body ||
    !activeElement.checkVisibility()
  )
}

/**
 * Notes which row of a list has the focus. What it gives, called after the list has changed, puts a lost focus on
 * the row that is there now, or on the list's section when none is left.
 */
export function holdPlace(): () => void {
  const row = document.activeElement?.closest('tr, li')
  const list = row?.parentElement
  const section = row?.closest('section')
  const rows = () =>
    Array.from(list?.querySelectorAll<HTMLElement>(':scope > tr, :scope > li') ?? [])
  const index = rows().findIndex(item => item === row)
  return () => {
    if (!isLost()) return
    const now = rows()
    const next = now[Math.min(index, now.length - 1)]
    const target = Array.from(next?.querySelectorAll<HTMLElement>(focusable) ?? []).find(item =>
      item.checkVisibility()
    )
    if (target !== undefined) return target.focus()
    const rest = section ?? document.getElementById('main')
    rest?.setAttribute('tabindex', '-1')
    rest?.focus({ preventScroll: true })
  }
}
