import { Bytes } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

export const html = luaModule('html', {
  doc: 'Texts as parts of pages.',
  functions: {
    escape: local({
      doc:
        'Writes `&`, `<`, `>`, `"` and `\'` so that a text can stand in HTML, between tags and in ' +
        'quoted attributes. Not for scripts, styles and addresses.',
      params: [param('text', Bytes(), 'Any text.')],
      returns: Bytes(),
      example: 'return response.html("<p>" .. html.escape(event.query.name or "nobody") .. "</p>")'
    })
  }
})
