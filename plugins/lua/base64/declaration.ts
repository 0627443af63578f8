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
    })
  }
})
