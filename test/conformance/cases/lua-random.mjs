// random: secure random values and sortable ids.
import { lua, luaRows, RAISES } from '../lib/dsl.mjs'

export const area = 'lua-random'

export default [
  lua(
    'int-stays-in-range',
    { share: true },
    `
    local lo, hi = 99, 0
    for i = 1, 2000 do
      local n = random.int(1, 6)
      if n ~= math.floor(n) then return "not whole" end
      if n < lo then lo = n end
      if n > hi then hi = n end
    end
    return lo, hi`,
    [1, 6]
  ),
  luaRows(
    'int-wrong-range-raises',
    { share: true },
    ['random.int(5, 1)', RAISES],
    ['random.int()', RAISES],
    ['random.int(1)', RAISES],
    ['random.int("a", "b")', RAISES]
  ),
  lua(
    'float-is-below-one',
    { share: true },
    `
    local lo, hi = 1, 0
    for i = 1, 2000 do
      local f = random.float()
      if f < lo then lo = f end
      if f > hi then hi = f end
    end
    return lo >= 0, hi < 1, hi - lo > 0.5`,
    [true, true, true]
  ),
  lua('string-is-alphanumeric', { share: true }, 'return random.string(500)', ([s], t) =>
    t.match(s, /^[A-Za-z0-9]{500}$/, 'text')
  ),
  lua('id-format', { share: true }, 'return random.id()', ([s], t) =>
    t.match(s, /^[0-9a-v]{20}$/, 'id')
  )
]
