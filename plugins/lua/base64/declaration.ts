import { Bytes, Text } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

export const base64 = luaModule('base64', {
  doc: 'Bytes as text of letters, digits, `+` and `/`.',
  functions: {
    encode: local({
      doc: 'Encodes bytes with the standard alphabet, padded.',
      params: [param('text', Bytes(), 'Any bytes.')],
      returns: Text(),
      example: 'return { body = base64.encode("Hello World") }  -- SGVsbG8gV29ybGQ='
    }),
    decode: local({
      doc:
        'Decodes the standard alphabet. Line breaks are skipped; missing padding, the URL alphabet ' +
        'and anything after the padding fail.',
      params: [param('text', Text(), 'The encoded text.')],
      returns: Bytes(),
      returnDoc: 'The bytes.',
      fails: true,
      example: `local bytes, err = base64.decode("SGVsbG8gV29ybGQ=")
return { body = bytes or err }  -- Hello World`
    }),
    encodeUrl: local({
      doc: 'Encodes bytes with the alphabet for addresses (`-` and `_`), without padding.',
      params: [param('text', Bytes(), 'Any bytes.')],
      returns: Text(),
      example: 'return { body = base64.encodeUrl("a?b>c~") }  -- YT9iPmN-'
    }),
    decodeUrl: local({
      doc:
        'Decodes the alphabet for addresses, with padding or without it. Any other character, also ' +
        'a line break, fails.',
      params: [param('text', Text(), 'The encoded text.')],
      returns: Bytes(),
      returnDoc: 'The bytes.',
      fails: true,
      example: `local bytes, err = base64.decodeUrl("YT9iPmN-")
return { body = bytes or err }  -- a?b>c~`
    })
  }
})
