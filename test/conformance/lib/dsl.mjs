// Small vocabulary the case files are written in.
import { Mismatch } from './toolbox.mjs'

/** A free-form case. `run` receives the toolbox made by lib/toolbox.mjs. */
export function test(name, options, run) {
  return { name, ...options, run }
}

/**
 * A case that runs `code` as the body of handler(ctx, event) and compares what
 * it returns. `want` is the list of return values (trailing nils ignored), or
 * a function that checks them.
 */
export function lua(name, options, code, want) {
  return test(name, options, async t => {
    const { values } = await t.lua(code, options)
    if (typeof want === 'function') await want(values, t)
    else t.eq(values, want, 'returned values')
  })
}

/** Wanted value of a row whose expression gives nil and an error text. */
export const FAILS = Symbol('nil and an error text')
/** Wanted value of a row whose expression raises a Lua error. */
export const RAISES = Symbol('a raised Lua error')

/**
 * A case made of rows [expression, ...wanted values]. All rows run in one
 * call. A lone FAILS, RAISES or check function may stand for the values.
 */
export function luaRows(name, options, ...rows) {
  const code = `local function p(...) return { n = select("#", ...), ... } end
return ${rows.map(([expr, want]) => (want === RAISES ? `p(pcall(function() return ${expr} end))` : `p(${expr})`)).join(',\n  ')}`
  return test(name, options, async t => {
    const { values } = await t.lua(code, options)
    rows.forEach(([expr, ...want], i) => {
      const got = Array.from(
        { length: values[i].n },
        (_, k) => (Array.isArray(values[i]) ? values[i][k] : values[i][k + 1]) ?? null
      )
      while (got.length && got[got.length - 1] === null) got.pop()
      if (want[0] === FAILS) {
        if (got.length !== 2 || got[0] !== null || typeof got[1] !== 'string' || got[1] === '') {
          throw new Mismatch(expr, String(FAILS), got)
        }
      } else if (want[0] === RAISES) {
        if (got[0] !== false) throw new Mismatch(expr, String(RAISES), got)
      } else if (typeof want[0] === 'function') {
        want[0](got, t, expr)
      } else {
        while (want.length && want[want.length - 1] === null) want.pop()
        t.eq(got, want, expr)
      }
    })
  })
}

/** Source of a minimal handler that answers 200 with a fixed text. */
export const OK_CODE = `function handler(ctx, event)
  return { statusCode = 200, body = "ok" }
end
`

export { bytes, FUNCTION } from './luawire.mjs'
