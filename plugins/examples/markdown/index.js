/** A Moonlet plugin: the Lua module `markdown`. */
import {
  Bool,
  Fields,
  Optional,
  Text,
  definePlugin,
  field,
  host,
  luaModule,
  param
} from 'moonlet/plugin'
import { createMarkdown } from './safe-renderer.js'

/** Rendering blocks the server while it runs, so the text is bounded. */
const MAX_TEXT = 256 * 1024

const options = Fields(
  {
    breaks: field(Optional(Bool), 'A single line break becomes `<br>`; false if left out.')
  },
  'MarkdownOptions'
)

export default definePlugin({
  name: 'markdown',
  moonlet: '^0.1.0',
  start(server) {
    const plain = createMarkdown({ breaks: false })
    const breaking = createMarkdown({ breaks: true })

    server.lua.add(
      luaModule('markdown', {
        doc:
          'Markdown to HTML, safe to show to others: HTML in the text is shown as text, and ' +
          'links lead to web and mail addresses only.',
        functions: {
          render: host({
            doc: 'Returns the HTML of a Markdown text (GitHub flavour, with tables). At most 256 KiB.',
            params: [
              param('text', Text({ max: MAX_TEXT }), 'The Markdown.'),
              param('options', Optional(options), 'How to read it.')
            ],
            returns: Text(),
            example:
              'return {\n' +
              '  headers = { ["Content-Type"] = "text/html; charset=utf-8" },\n' +
              '  body = markdown.render("# Hello\\n\\n*there*")\n' +
              '}',
            run: (_call, text, options) =>
              (options?.breaks === true ? breaking : plain).parse(text, { async: false })
          })
        }
      }),
      'markdown'
    )
  }
})
