import { Any, Text } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

export const json = luaModule('json', {
  doc: 'JSON text to Lua values and back.',
  functions: {
    encode: local({
      doc:
        'Writes a value as JSON. A table whose keys are all numbers becomes a list (holes are ' +
        '`null`), any other table an object of its text keys, sorted; an empty table is `{}`. ' +
        'Functions become `null`. NaN, infinities, tables that contain themselves or are nested ' +
        'deeper than 10,000 fail. `<`, `>` and `&` are written as escapes, so the text is safe ' +
        'inside HTML. Metatables are not used.',
      params: [param('value', Any, 'What to write; `nil` gives `null`, but it must be given.')],
      returns: Text(),
      returnDoc: 'The JSON text, without blanks.',
      fails: true,
      example: `return {
  headers = { ["Content-Type"] = "application/json" },
  body = json.encode({ name = "Ann", tags = { "a", "b" } })  -- {"name":"Ann","tags":["a","b"]}
}`
    }),
    decode: local({
      doc:
        'Reads JSON. Strict: nothing may follow the value. `null` becomes nil, so such fields are ' +
        'absent. Nesting deeper than 10,000 and numbers out of range fail.',
      params: [param('text', Text(), 'The JSON text, such as `event.body`.')],
      returns: Any,
      returnDoc:
        'The value: a table for an object or list, otherwise text, number, boolean or nil.',
      fails: true,
      example: `local order, err = json.decode('{"item":"pear","count":2}')
if err then
  return { statusCode = 400, body = err }
end
return { body = order.item .. " x " .. order.count }  -- pear x 2`
    })
  }
})
