import {
  Dict,
  field,
  Fields,
  List,
  Optional,
  Text,
  Union
} from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const Url = Fields(
  {
    scheme: field(Text(), 'In small letters; `""` for a relative reference.'),
    host: field(
      Text(),
      'With its port, such as `example.com:8443`; an IPv6 address is in brackets.'
    ),
    path: field(Text(), 'Decoded.'),
    query: field(
      Dict(Union(Text(), List(Text()))),
      'Name to decoded text, or to a list of texts where a name is repeated.'
    ),
    fragment: field(Text(), 'What follows `#`, decoded.'),
    username: field(Optional(Text()), 'Decoded; nil when there is none.'),
    password: field(Optional(Text()), 'Decoded; nil when there is none.')
  },
  'Url'
)

export const url = luaModule('url', {
  doc: 'URLs taken apart, and percent-encoding.',
  functions: {
    parse: local({
      doc:
        'Takes a URL apart. Relative references are fine. Missing parts are `""`. Fails on a bad ' +
        'escape, host or port and on control characters; query pairs with a bad escape are dropped.',
      params: [param('text', Text(), 'The URL.')],
      returns: Url,
      fails: true,
      example: `local parts, err = url.parse("https://example.com:8443/a/b?x=1&tag=p&tag=q#top")
if err then return { statusCode = 400, body = err } end
return { body = parts.host .. " " .. parts.path .. " " .. parts.query.tag[2] }  -- example.com:8443 /a/b q`
    }),
    encode: local({
      doc:
        'Encodes a text for use in a query. `A-Z a-z 0-9 - _ . ~` are kept, a blank becomes `+`, ' +
        'every other byte `%XX`.',
      params: [param('text', Text(), 'Any text.')],
      returns: Text(),
      example:
        'return { body = "https://example.com/search?q=" .. url.encode("fish & chips") }  -- ...?q=fish+%26+chips'
    }),
    encodePath: local({
      doc:
        'Encodes a text as one segment of a path: as `url.encode`, but a blank becomes `%20`. A `/` ' +
        'is encoded too.',
      params: [param('text', Text(), 'Any text.')],
      returns: Text(),
      example:
        'return { body = "https://example.com/files/" .. url.encodePath("a b/c") }  -- ' +
        'https://example.com/files/a%20b%2Fc'
    }),
    decode: local({
      doc: 'Decodes `%XX` and `+`. Fails on a bad or cut escape.',
      params: [param('text', Text(), 'An encoded text.')],
      returns: Text(),
      fails: true,
      example: `local text, err = url.decode("fish+%26+chips")
return { body = text or err }  -- fish & chips`
    })
  }
})
