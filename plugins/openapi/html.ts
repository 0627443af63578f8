/** HTML made of templates in which every inserted text is escaped. */

/** HTML that is ready to be sent. */
export class Html {
  constructor(readonly text: string) {}
}

type Insert = Html | string | number | undefined | false | readonly Insert[]

/** Text is escaped, Html taken as it is, lists are joined, undefined and false leave nothing. */
export function html(parts: TemplateStringsArray, ...inserts: Insert[]): Html {
  return new Html(parts.reduce((text, part, i) => text + toText(inserts[i - 1]) + part))
}

function toText(insert: Insert): string {
  if (insert === undefined || insert === false) return ''
  if (insert instanceof Html) return insert.text
  if (typeof insert === 'object') return insert.map(toText).join('')
  return escapeHtml(String(insert))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, unit => entities[unit] ?? unit)

/** Prose of the schemas: text between backquotes becomes code. */
export const prose = (text: string | undefined): Html[] =>
  (text ?? '')
    .split('`')
    .map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
