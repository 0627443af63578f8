import { Int, Num, Text } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const bound = (name: string, doc: string) =>
  param(name, Int({ min: -(2 ** 53), max: 2 ** 53 }), doc)

export const random = luaModule('random', {
  doc: 'Random values from a secure source, fit for tokens and passwords; and ids that sort by time.',
  functions: {
    int: local({
      doc: 'A random whole number; both ends may come. Raises an error when `min` is greater than `max`.',
      params: [bound('min', 'The least.'), bound('max', 'The greatest.')],
      returns: Int(),
      example: 'return { body = "You rolled " .. random.int(1, 6) }'
    }),
    float: local({
      doc: 'A random number from 0 to below 1.',
      params: [],
      returns: Num(),
      example: 'return { body = random.float() < 0.5 and "heads" or "tails" }'
    }),
    string: local({
      doc: 'A random text of `A-Z a-z 0-9`.',
      params: [param('n', Int({ min: 1 }), 'How many characters, from 1.')],
      returns: Text(),
      example: 'return { body = random.string(32) }'
    }),
    bytes: local({
      doc: 'Random bytes in base64. Fails when `n` is below 1.',
      params: [param('n', Int(), 'How many bytes, from 1.')],
      returns: Text(),
      fails: true,
      example: 'return { body = random.bytes(16) }'
    }),
    hex: local({
      doc: 'Random bytes as hexadecimal digits. Fails when `n` is below 1.',
      params: [param('n', Int(), 'How many bytes, from 1.')],
      returns: Text(),
      returnDoc: 'Twice as many digits, in small letters.',
      fails: true,
      example: 'return { body = random.hex(8) }'
    }),
    id: local({
      doc:
        'A unique id of 20 characters `0-9a-v`, like those of functions and executions. Ids sort by ' +
        'the second they were made in.',
      params: [],
      returns: Text(),
      example: `local id = random.id()
return { statusCode = 201, body = id }`
    })
  }
})
