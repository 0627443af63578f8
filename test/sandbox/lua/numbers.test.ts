import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine()

t.test('whole numbers are exact up to 2^53 and printed without point or exponent', async t => {
  t.strictSame(
    lua.values(
      'return tostring(2^53), tostring(1e15), tostring(10/2), tostring(-7), tostring(2147483647 + 1)'
    ),
    ['9007199254740992', '1000000000000000', '5', '-7', '2147483648']
  )
  t.strictSame(
    lua.values(
      'return tostring(2^53 * 2), tostring(0.1), tostring(1/3), tostring(1e100), tostring(-0)'
    ),
    ['18014398509481984', '0.1', '0.33333333333333', '1e+100', '0']
  )
  t.strictSame(lua.values('return tostring(1/0), tostring(-1/0), tostring(0/0)'), [
    'inf',
    '-inf',
    'nan'
  ])
})

t.test(
  'whole numbers beyond 32 bits go through format, time, loops and json-like arithmetic unharmed',
  async t => {
    t.strictSame(
      lua.values('return string.format("%d", 3e9), string.format("%x", 2^53), os.time() * 1000'),
      ['3000000000', '20000000000000', 1700000000000]
    )
    t.strictSame(
      lua.values(
        'return os.time{year = 2065, month = 1, day = 1, hour = 12} - os.time{year = 2065, month = 1, day = 1, hour = 11}'
      ),
      [3600]
    )
    t.strictSame(lua.values('local n = 0 for i = 2^53 - 3, 2^53 do n = n + 1 end return n'), [4])
    t.strictSame(
      lua.values('local n = 0 for i = 3000000000, 3000000002 do n = n + i end return n'),
      [9000000003]
    )
  }
)

t.test('division and remainder round down, also for negative numbers and fractions', async t => {
  t.strictSame(lua.values('return 7 // 2, -7 // 2, 7 // -2, 7.5 // 2, 1 // 0'), [
    3,
    -4,
    -4,
    3,
    Infinity
  ])
  t.strictSame(lua.values('return 7 % 3, -7 % 3, 7 % -3, 5.5 % 2, -1 % math.huge'), [
    1,
    2,
    -2,
    1.5,
    Infinity
  ])
})

t.test("bit operators give the results of 64-bit two's complement", async t => {
  t.strictSame(
    lua.values('return 1 << 31, 1 << 40, 0xFFFFFFFF & 0x80000001, 0xF0F0F0F0F0 | 0x0F, 2^52 ~ 1'),
    [2147483648, 1099511627776, 2147483649, 0xf0f0f0f0ff, 4503599627370497]
  )
  t.strictSame(
    lua.values(
      'return ~0, ~0 & 0xFFFFFFFF, -1 >> 32, 1 << 63, 1 << 64, 256 >> 4, 1 << -1, "3" | 4'
    ),
    [-1, 4294967295, 4294967295, -(2 ** 63), 0, 16, 0, 7]
  )
  t.match(
    lua.fault('function handler() return 1.5 | 1 end').message,
    'fn:1: number has no integer representation'
  )
})

t.test('numerals are read as Lua reads them', async t => {
  t.strictSame(lua.values('return 0x10, 0xA.8p1, 1e3, .5, 3., 0xffffffff, 1e308 * 10'), [
    16,
    21,
    1000,
    0.5,
    3,
    4294967295,
    Infinity
  ])
  t.strictSame(
    lua.values(
      'return tonumber("0x1p4"), tonumber(" 12 "), tonumber("1e"), tonumber("0x"), tonumber(""), tonumber("z", 36), tonumber("8", 8)'
    ),
    [16, 12, undefined, undefined, undefined, 35, undefined]
  )
})

t.test('a loop ends where adding the step changes nothing any more', async t => {
  t.strictSame(
    lua.values(
      'local n = 0 for i = 2^53 - 1, 2^54 do n = n + 1 if n > 10 then break end end return n'
    ),
    [2]
  )
  t.match(lua.fault('function handler() for i = 1, 2, 0 do end end').message, "'for' step is zero")
})

t.test('math.random reaches over ranges wider than 32 bits', async t => {
  t.strictSame(
    lua.values(
      'for i = 1, 100 do local n = math.random(1, 2^40) assert(n >= 1 and n <= 2^40 and n % 1 == 0) if n > 2^32 then return true end end'
    ),
    [true]
  )
})

t.test('hexadecimal numerals may have any number of digits', async t => {
  t.strictSame(
    lua.values(
      'local zeros = ("0"):rep(1000) return tonumber("0x5." .. zeros), tonumber("0x" .. zeros .. "5"), tonumber("0x5b" .. zeros .. "p-4000"), tonumber("0x." .. zeros .. "5bp4008"), tonumber("-0x1" .. zeros), tonumber("0x" .. zeros .. "p9999")'
    ),
    [5, 5, 0x5b, 0x5b, -Infinity, 0]
  )
  t.strictSame(
    lua.values('return load("return 0x5." .. ("0"):rep(1000) .. "p1, 0x." .. ("0"):rep(300))()'),
    [10, 0]
  )
})

t.test('hexadecimal numerals are rounded to the nearest double', async t => {
  t.strictSame(
    lua.values(
      'local long = "0x1" .. ("0"):rep(13) .. "8" return tonumber(long .. ("0"):rep(60) .. "p-244") == 2^52, tonumber(long .. ("0"):rep(60) .. "1p-248") == 2^52 + 1, 0x100000000000008001 == 2^68 + 2^16'
    ),
    [true, true, true]
  )
})

t.test(
  'math.ult takes negative numbers for the largest, also those next to each other',
  async t => {
    t.strictSame(
      lua.values(
        'return math.ult(-2, -1), math.ult(-1, -2), math.ult(-1, -1), math.ult(-1, 1), math.ult(1, -1), math.ult(1, 2), math.ult(2^53, -2^53)'
      ),
      [true, false, false, false, true, true, true]
    )
  }
)
