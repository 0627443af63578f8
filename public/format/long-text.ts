/**
 * `<div x-long="text"><pre></pre></div>` shows a text of any length without holding up the page: the beginning at once,
 * the rest on demand, in pieces that the browser lays out only when they come into view.
 */
import { Alpine } from '../alpine.js'
import { t } from '../i18n/locale.js'
import { beginningOf, toPieces } from './long-pieces.js'
import { format } from './values.js'

function showAll(pre: HTMLElement, text: string): void {
  pre.replaceChildren(
    ...toPieces(text).map(piece => {
      const element = document.createElement('span')
      element.className = 'long-piece'
      // The piece is a block of its own: its last line end would be an empty line.
      element.textContent = piece.replace(/\n$/, '')
      return element
    })
  )
}

function createButton(label: string, act: () => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn is-small'
  button.textContent = label
  button.addEventListener('click', act)
  return button
}

/** Gives the text or the bytes to the reader as a file. */
export function download(content: BlobPart, name: string, type = 'text/plain'): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function createFoot(pre: HTMLElement, text: string, shown: string): HTMLElement {
  const foot = document.createElement('div')
  foot.className = 'row fine'
  const note = document.createElement('span')
  note.className = 'faint'
  note.textContent = t('common.beginning', {
    shown: format.bytes(shown.length),
    total: format.bytes(text.length)
  })
  const all = createButton(t('common.showAll'), () => {
    showAll(pre, text)
    note.remove()
    all.remove()
    pre.focus()
  })
  foot.append(
    note,
    all,
    createButton(t('common.download'), () => download(text, 'moonlet.txt'))
  )
  return foot
}

export function installLongTexts(): void {
  Alpine.directive('long', (element, { expression }, { effect, evaluateLater }) => {
    const read = evaluateLater<string>(expression)
    const pre = element.querySelector('pre')
    let foot: HTMLElement | undefined
    if (!pre) return
    effect(() => {
      read(text => {
        const shown = beginningOf(text)
        pre.textContent = shown
        foot?.remove()
        foot = shown === text ? undefined : createFoot(pre, text, shown)
        if (foot) element.append(foot)
      })
    })
  })
}
