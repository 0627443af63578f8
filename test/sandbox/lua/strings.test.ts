import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine()

t.test(
  'strings that differ in one byte are different keys and constants (Fengari: "\\x01\\x23" is "\\x12\\x03")',
  async t => {
    t.strictSame(
      lua.values(
        'local k = { ["\\x01\\x23"] = 1, ["\\x12\\x03"] = 2 } return k["\\x01\\x23"], k["\\x12\\x03"], "\\x01\\x23" == "\\x12\\x03"'
      ),
      [1, 2, false]
    )
  }
)

t.test(
  'strings compare by bytes, control and high bytes included (Fengari: "\\n" < "1" is false)',
  async t => {
    t.strictSame(
      lua.values(
        'return "\\n" < "1", "a" < "a\\0", "z" < "\\xc3\\xa9", "" < "\\0", "a" <= "a", "b" < "a"'
      ),
      [true, true, true, true, true, false]
    )
  }
)

t.test(
  'strings are bytes: length, byte, char, sub, upper and reverse leave every byte alone',
  async t => {
    t.strictSame(
      lua.values('local s = "\\xc3\\xa9\\0x" return #s, s:byte(1, -1)'),
      [4, 195, 169, 0, 120]
    )
    t.strictSame(
      lua.values(
        'local s = string.char(0, 255, 233) return s:upper() == s, s:reverse():byte(1), ("Aé"):lower():upper() == "Aé"'
      ),
      [true, 233, true]
    )
    t.strictSame(
      lua.values(
        'return ("hello"):sub(2), ("hello"):sub(-3, -2), ("hello"):sub(0), ("hello"):sub(4, 2), ("hello"):sub(-100, 100)'
      ),
      ['ello', 'll', 'hello', '', 'hello']
    )
    t.strictSame(
      lua.values('return ("ab"):rep(3, "-"), ("x"):rep(0), ("x"):rep(-1), #("x"):rep(1000)'),
      ['ab-ab-ab', '', '', 1000]
    )
  }
)

t.test('a piece of a large string does not keep the whole alive', async t => {
  // 200 pieces of 1 MiB strings under a limit of 64 MiB.
  t.strictSame(
    lua.values(
      'local t = {} for i = 1, 200 do t[i] = (("x"):rep(2^20) .. i):sub(-20) end return #t'
    ),
    [200]
  )
})

t.test('string.format knows every conversion', async t => {
  t.strictSame(
    lua.values('return string.format("%5d|%-5d|%05d|%+d|% d|%.3d", 42, 42, 42, 42, 42, 7)'),
    ['   42|42   |00042|+42| 42|007']
  )
  t.strictSame(
    lua.values(
      'return string.format("%5.2f|%e|%g|%g|%.3g|%G", 3.14159, 12345.678, 1e20, 0.0001, 1234567, 1e-10)'
    ),
    [' 3.14|1.234568e+04|1e+20|0.0001|1.23e+06|1E-10']
  )
  t.strictSame(
    lua.values(
      'return string.format("%x|%X|%#x|%o|%c|%s|%10s|%-5s|%.2s|%%|%i|%u", 255, 255, 255, 8, 65, "a\\0b", "r", "l", "cut", 7, 9)'
    ),
    ['ff|FF|0xff|10|A|a\0b|         r|l    |cu|%|7|9']
  )
  t.strictSame(
    lua.values(
      'return string.format("%x", -1), string.format("%d", -2^53), string.format("%.0f", 2^53)'
    ),
    ['ffffffffffffffff', '-9007199254740992', '9007199254740992']
  )
  t.strictSame(
    lua.values(
      'return string.format("%q", "a\\"b\\\\c\\n\\0\\r1"), string.format("%q", 5), string.format("%a", 1), string.format("%a", 0.5)'
    ),
    ['"a\\"b\\\\c\\\n\\0\\0131"', '5', '0x1p+0', '0x1p-1']
  )
  t.strictSame(
    lua.values(
      'return string.format("%s %s %s", nil, true, setmetatable({}, { __tostring = function() return "obj" end }))'
    ),
    ['nil true obj']
  )
  t.strictSame(
    lua.values(
      'return string.format("%5.1f|%f", 1/0, -1/0), string.format("%d", "10"), string.format("%d", 3.7)'
    ),
    ['  inf|-inf', '10', '3']
  )
  t.strictSame(
    lua.values(
      'return string.format("%#o|%#.0o|%#3.0o|%.0o|%#x|%#.0x|%#.3o", 0, 0, 0, 0, 0, 0, 8)'
    ),
    ['0|0|  0||0||010']
  )
})

t.test(
  'numbers half-way between two are rounded to the even one, as C does and JavaScript does not',
  async t => {
    t.strictSame(
      lua.values(
        'return string.format("%.0f %.0f %.0f %.2f %.2f %.1e %.1g", 0.5, 1.5, 2.5, 0.125, 0.375, 2.25, 2.5), string.format("%.2f %.14g", 1.005, 2.5)'
      ),
      ['0 2 2 0.12 0.38 2.2e+00 2', '1.00 2.5']
    )
  }
)

t.test('find and match know captures, sets, anchors, %b, %f and back references', async t => {
  t.strictSame(
    lua.values(
      'return ("hello world"):find("o w"), ("a.b"):find(".", 1, true), ("abc"):find("b", -1), (""):find("")'
    ),
    [5, 2, undefined, 1, 0]
  )
  t.strictSame(lua.values('return ("key = value"):match("^(%w+)%s*=%s*(%w+)$")'), ['key', 'value'])
  t.strictSame(
    lua.values(
      'return ("THE (quick) fox"):find("%((%a+)%)"), ("f(a(b)c)d"):match("%b()"), ("THE END"):gsub("%f[%w]%w+", "X")'
    ),
    [5, '(a(b)c)', 'X X', 2]
  )
  t.strictSame(
    lua.values(
      'return ("hello"):match("()ll()"), ("abab"):match("(ab)%1"), ("x]y"):match("[]]"), ("a-z"):match("[a%-]+")'
    ),
    [3, 'ab', ']', 'a-']
  )
  t.strictSame(
    lua.values(
      'return ("  trim  "):match("^%s*(.-)%s*$"), ("a\\0b"):match("%z?b"), ("0x1F"):match("%x+$"), ("aXb"):match("%u")'
    ),
    ['trim', '\0b', '1F', 'X']
  )
})

t.test('gsub replaces by template, table and function, and counts', async t => {
  t.strictSame(
    lua.values(
      'return ("hello world"):gsub("(%w+)", "<%1>"), ("abc"):gsub("", "-"), ("abc"):gsub("%w", { a = 1, b = true and "B", c = false })'
    ),
    ['<hello> <world>', '-a-b-c-', '1Bc', 3]
  )
  t.strictSame(
    lua.values(
      'return ("a b c"):gsub("%a", function(c) if c ~= "b" then return c:upper() end end, 2)'
    ),
    ['A b c', 2]
  )
  t.strictSame(lua.values('return ("abc"):gsub("b", "%%%0")'), ['a%bc', 1])
})

t.test('gmatch goes on after empty matches and keeps its own place', async t => {
  t.strictSame(
    lua.values(
      'local t = {} for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do t[#t + 1] = k .. v end for w in ("x y"):gmatch("%a*") do t[#t + 1] = w end return table.concat(t, ",")'
    ),
    ['a1,b2,x,y']
  )
})

t.test('string.pack and unpack agree on every kind of field', async t => {
  t.strictSame(
    lua.values(
      'return string.unpack("<i4 >I2 z s1 d", string.pack("<i4 >I2 z s1 d", -5, 258, "zero", "len", 0.1))'
    ),
    [-5, 258, 'zero', 'len', 0.1, 24]
  )
  t.strictSame(
    lua.values(
      'return string.pack(">I3", 66051), string.packsize("<!4 i1 i4"), string.unpack("<j", string.pack("<j", 2^53))'
    ),
    ['\x01\x02\x03', 8, 9007199254740992, 9]
  )
})

t.test('the utf8 library walks, measures and makes UTF-8', async t => {
  t.strictSame(
    lua.values(
      'return utf8.len("h\\u{e9}\\u{20ac}"), utf8.char(104, 233, 8364, 128512), utf8.codepoint("\\u{20ac}", 1), utf8.offset("a\\u{e9}b", 3)'
    ),
    [3, 'h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80', 8364, 4]
  )
  t.strictSame(
    lua.values(
      'local t = {} for p, c in utf8.codes("a\\u{e9}") do t[#t + 1] = p .. ":" .. c end return table.concat(t, " "), utf8.len("\\xff")'
    ),
    ['1:97 2:233', undefined, 1]
  )
})

t.test('the utf8 library reads every code point that it writes', async t => {
  t.strictSame(
    lua.values(
      'local text = utf8.char(0xD800, 0xDFFF) local sum = 0 for _, code in utf8.codes(text) do sum = sum + code end return text, sum, utf8.codepoint(text, 1), utf8.len(text), text == "\\u{D800}\\u{DFFF}"'
    ),
    ['\xed\xa0\x80\xed\xbf\xbf', 0xd800 + 0xdfff, 0xd800, 2, true]
  )
})
