/**
 * `x-t="area.name"` puts a text into an element, `x-t:aria-label="area.name"` into an attribute; both follow
 * the language. `$t('area.name', { … })` and `$tn('area.name', count)` do so inside expressions.
 */
import { Alpine } from '../alpine.js'
import type { TextKey } from './locale.js'
import { t, tn } from './locale.js'

export function installTexts(): void {
  Alpine.magic('t', () => t)
  Alpine.magic('tn', () => tn)
  Alpine.directive('t', (element, { value, expression }, { effect }) => {
    effect(() => {
      const text = t(expression as TextKey)
      if (value) element.setAttribute(value, text)
      else element.textContent = text
    })
  })
}
