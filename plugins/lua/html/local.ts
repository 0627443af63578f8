/** `html` in the sandbox. */
import { checkLength, native } from '../native.js'

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

const LONGEST = 6

const escape = native((text: string) => {
  if (!/[&<>"']/.test(text)) return text
  checkLength(text.length * LONGEST, 'html.escape')
  return text.replace(/[&<>"']/g, character => entities[character] ?? character)
})

export const functions = { escape }
