// strings: helpers beside Lua's own string library.
import { luaRows } from '../lib/dsl.mjs'

export const area = 'lua-strings'

export default [
  luaRows(
    'trim',
    { share: true },
    ['strings.trim("  \\t a b \\r\\n")', 'a b'],
    ['strings.trim(" \\n\\t ")', ''],
    ['strings.trim("x")', 'x'],
    ['strings.trim("\\11\\12x\\12\\11")', 'x']
  ),
  luaRows(
    'trim-one-side',
    { share: true },
    ['strings.trimLeft(" \\t\\r\\n x ")', 'x '],
    ['strings.trimRight(" x \\t\\r\\n ")', ' x']
  ),
  luaRows(
    'split',
    { share: true },
    ['strings.split("a,b,c", ",")', ['a', 'b', 'c']],
    ['strings.split(",a,,b,", ",")', ['', 'a', '', 'b', '']],
    ['strings.split("abc", ";")', ['abc']],
    ['strings.split("a--b---c", "--")', ['a', 'b', '-c']],
    ['strings.split("", ",")', ['']]
  ),
  luaRows(
    'split-by-nothing-gives-characters',
    { share: true },
    ['strings.split("aé漢", "")', ['a', 'é', '漢']],
    ['strings.split("", "")', {}]
  ),
  luaRows(
    'join',
    { share: true },
    ['strings.join({ "a", "b", "c" }, ", ")', 'a, b, c'],
    ['strings.join({ "only" }, ",")', 'only'],
    ['strings.join({}, ",")', ''],
    ['strings.join({ "a", "b" }, "")', 'ab'],
    ['strings.join(strings.split("a,b,,c", ","), ",")', 'a,b,,c']
  ),
  luaRows(
    'replace',
    { share: true },
    ['strings.replace("aaa", "a", "b")', 'bbb'],
    ['strings.replace("aaa", "a", "b", -1)', 'bbb'],
    ['strings.replace("aaa", "a", "b", 2)', 'bba'],
    ['strings.replace("aaa", "a", "b", 0)', 'aaa'],
    ['strings.replace("a-b-c", "-", "")', 'abc'],
    ['strings.replace("abc", "x", "y")', 'abc']
  ),
  luaRows(
    'case',
    { share: true },
    ['strings.toLower("Hello ÀÉÎ Ω")', 'hello àéî ω'],
    ['strings.toUpper("Hello àéî ω")', 'HELLO ÀÉÎ Ω']
  )
]
