/** Marked without its dangers: no HTML of the author's, no addresses that run code. */
import { Marked } from 'marked'

const escape = text => text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)

/**
 * Relative addresses, and those of the web and of mail. Entities are as good as the characters they stand for, so
 * `&#106;avascript:` is as bad as `javascript:`.
 */
const isSafe = address => /^(?:https?|mailto):/i.test(address) || !/^[^/?]*[:&]/.test(address)

// What browsers drop from an address before they look at its scheme.
// eslint-disable-next-line no-control-regex
const clean = address => address.replace(/[\x00-\x20]+/g, '')

export function createMarkdown({ breaks }) {
  return new Marked({
    gfm: true,
    breaks,
    renderer: {
      html: ({ text }) => escape(text),
      link(token) {
        return isSafe(clean(token.href)) ? false : this.parser.parseInline(token.tokens)
      },
      image: ({ href, text }) => (isSafe(clean(href)) ? false : escape(text))
    }
  })
}
