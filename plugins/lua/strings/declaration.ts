import { Any, Bool, Int, List, Optional, Text } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const s = param('s', Text(), 'The text.')
const part = param('part', Text(), 'The text looked for; `""` is always found.')

const of = (name: string, doc: string, example: string, result: string) =>
  local({
    doc,
    params: [s],
    returns: Text(),
    example: `return { body = "[" .. strings.${name}(${example}) .. "]" }  -- [${result}]`
  })

const test = (name: string, doc: string, example: string) =>
  local({
    doc,
    params: [s, part],
    returns: Bool,
    example: `if strings.${name}(${example}) then
  return { body = "yes" }
end
return { body = "no" }`
  })

export const strings = luaModule('strings', {
  doc: "What Lua's own `string` library lacks. All texts are plain, never patterns; characters are those of UTF-8.",
  functions: {
    trim: of('trim', "Removes white space (Unicode's) on both sides.", '"  a b \\r\\n"', 'a b'),
    trimLeft: of(
      'trimLeft',
      'Removes blanks, tabs and line ends at the beginning.',
      '"  a b "',
      'a b '
    ),
    trimRight: of(
      'trimRight',
      'Removes blanks, tabs and line ends at the end.',
      '" a b  "',
      ' a b'
    ),
    split: local({
      doc: 'Cuts a text at every occurrence of a separator. Empty parts are kept.',
      params: [s, param('sep', Text(), 'The separator; `""` gives the single characters.')],
      returns: List(Text()),
      example: `local parts = strings.split("red,green,blue", ",")
return { body = parts[2] .. " of " .. #parts }  -- green of 3`
    }),
    join: local({
      doc: 'Puts the entries of a list together. Numbers become text, entries of other types an empty text.',
      params: [
        param('list', List(Any), 'Texts and numbers.'),
        param('sep', Text(), 'What stands between them.')
      ],
      returns: Text(),
      example: 'return { body = strings.join({ "a", "b", 3 }, ", ") }  -- a, b, 3'
    }),
    hasPrefix: test('hasPrefix', 'Whether a text begins with another.', 'event.path, "/fn/"'),
    hasSuffix: test('hasSuffix', 'Whether a text ends with another.', '"photo.jpg", ".jpg"'),
    contains: test('contains', 'Whether a text has another in it.', '"a.b.c", "."'),
    replace: local({
      doc: 'Replaces a plain text, everywhere or the first `n` times.',
      params: [
        s,
        param(
          'old',
          Text(),
          'What is replaced; `""` puts `new` before each character and at the end.'
        ),
        param('new', Text(), 'What stands there instead.'),
        param('n', Optional(Int()), 'How many occurrences at most; left out or -1: all.')
      ],
      returns: Text(),
      example: 'return { body = strings.replace("a.b.c", ".", "-", 1) }  -- a-b.c'
    }),
    toLower: of(
      'toLower',
      "Small letters, Unicode's too, one character to one character.",
      '"ÀB Ω"',
      'àb ω'
    ),
    toUpper: of(
      'toUpper',
      "Capital letters, Unicode's too, one character to one character (so `ß` stays).",
      '"àb ω"',
      'ÀB Ω'
    ),
    repeat: local({
      doc: 'The text several times over. `repeat` is a word of the language, so call it as `strings["repeat"](s, n)`.',
      params: [s, param('n', Int({ min: 0 }), 'How many times, from 0.')],
      returns: Text(),
      example: 'return { body = strings["repeat"]("ab", 3) }  -- ababab'
    })
  }
})
