/** `x-prose="text"` shows a text in which `names in backticks` are code. */
import { Alpine } from '../alpine.js'
import { toPieces, type Piece } from './pieces.js'

function toNode({ text, code }: Piece): Node {
  const node = code ? document.createElement('code') : document.createTextNode('')
  node.textContent = text
  return node
}

export function installProse(): void {
  Alpine.directive('prose', (element, { expression }, { effect, evaluateLater }) => {
    const read = evaluateLater<string>(expression)
    effect(() => {
      read(text => {
        element.replaceChildren(...toPieces(text).map(toNode))
      })
    })
  })
}
