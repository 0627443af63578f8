import {
  Any,
  Bool,
  Fields,
  List,
  Num,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const EncodeOptions = Fields(
  {
    indent: field(
      Optional(Union(Bool, Num(), Text())),
      'Writes a line for each entry: `true` for two blanks a level, a number of blanks up to ' +
        '16, or the blanks and tabs themselves.'
    ),
    sort: field(
      Optional(Bool),
      '`false` leaves keys in the order in which they stand in the table; by default they are sorted by their bytes.'
    )
  },
  'JsonEncodeOptions'
)

const DecodeOptions = Fields(
  {
    null: field(Optional(Bool), '`true`: `null` becomes `json.null`, which is not nil.')
  },
  'JsonDecodeOptions'
)

export const json = luaModule('json', {
  doc: 'JSON text to Lua values and back.',
  functions: {
    encode: local({
      doc:
        'Writes a value as JSON. A table whose keys are all numbers becomes a list (holes are ' +
        '`null`), any other table an object of its text keys, sorted; an empty table is `{}`, ' +
        'unless `json.array` or `json.decode` made it a list. ' +
        'Functions become `null`. NaN, infinities, tables that contain themselves or are nested ' +
        'deeper than 10,000 fail. `<`, `>` and `&` are written as escapes, so the text is safe ' +
        'inside HTML. Metatables are not used.',
      params: [
        param('value', Any, 'What to write; `nil` gives `null`, but it must be given.'),
        param('options', Optional(EncodeOptions), 'How it is written; without them on one line.')
      ],
      returns: Text(),
      returnDoc: 'The JSON text.',
      fails: true,
      example: `return {
  headers = { ["Content-Type"] = "application/json" },
  body = json.encode({ name = "Ann", tags = { "a", "b" } })  -- {"name":"Ann","tags":["a","b"]}
}`
    }),
    decode: local({
      doc:
        'Reads JSON. Strict: nothing may follow the value. `null` becomes nil, so such fields are ' +
        'absent; but the table remembers them, and that it was `[]`, for `json.encode`. ' +
        'Nesting deeper than 10,000 and numbers out of range fail.',
      params: [
        param('text', Text(), 'The JSON text, such as `event.body`.'),
        param('options', Optional(DecodeOptions), 'How it is read.')
      ],
      returns: Any,
      returnDoc:
        'The value: a table for an object or list, otherwise text, number, boolean or nil.',
      fails: true,
      example: `local order, err = json.decode('{"item":"pear","count":2}')
if err then
  return { statusCode = 400, body = err }
end
return { body = order.item .. " x " .. order.count }  -- pear x 2`
    }),
    array: local({
      doc:
        'Marks a table as a list, so that `json.encode` writes `[]` when it is empty. Raises when it ' +
        'has keys that are no numbers; given some later, it is an object again.',
      params: [param('list', Optional(List(Any)), 'The list; a new one if left out.')],
      returns: List(Any),
      returnDoc: 'The same table.',
      example: 'return { body = json.encode({ found = json.array({}) }) }  -- {"found":[]}'
    }),
    null: local({
      isValue: true,
      doc:
        'Stands for `null` where nil cannot: as the value of a field that is to be written. Also ' +
        'what `json.decode(text, { null = true })` gives.',
      params: [],
      returns: Any,
      example: 'return { body = json.encode({ owner = json.null }) }  -- {"owner":null}'
    })
  }
})
