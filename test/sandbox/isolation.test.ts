import t from 'tap'
import { host, luaModule } from '../../core/lua/module.js'
import { Num } from '../../core/lua/types/declare.js'
import { localModules } from '../../plugins/lua/builtin.js'
import { startRig } from './rig.js'

const code = `
function handler(ctx, event)
  local seen = {
    tostring(leaked), tostring(("").leaked), tostring(type(table.insert)), tostring(math.pi > 3), tostring(type(log.info)),
    tostring(string.format("%d", 1)), tostring(getmetatable(_G)), tostring(rawget(_G, "print") == nil), tostring(handler_runs),
    tostring(string.extra), tostring(table[1]), tostring(os.anything), tostring(event:header('x')), tostring(getmetatable(event).__call)
  }
  leaked = "yes"
  handler_runs = (handler_runs or 0) + 1
  getmetatable("").__index.leaked = "yes"
  getmetatable("").__add = function() return "yes" end
  table.insert = nil
  math.pi = 0
  log.info = nil
  string.format = function() return "yes" end
  function string.extra() return "yes" end
  table[1] = "yes"
  setmetatable(os, { __index = function() return "yes" end })
  getmetatable(event).__index.header = nil
  getmetatable(event).__call = function() return "yes" end
  print = nil
  setmetatable(_G, { __index = function() return "yes" end })
  return { body = table.concat(seen, " ") }
end`
const CLEAN = 'nil nil function true function 1 nil false nil nil nil nil nil nil'

t.test('nothing that a run changes is there in the next one, in the same process', async t => {
  const rig = await startRig(t, { settings: { SANDBOX_MAX: '1' } })
  const pids = new Set<number>()
  for (let i = 0; i < 5; i++) {
    t.equal(await rig.body(code), CLEAN, `run ${i + 1}`)
    for (const pid of rig.scheduler.pids) pids.add(pid)
  }
  t.equal(pids.size, 1, 'it was the same process')
})

t.test('nor does it count against the memory of the next one', async t => {
  const rig = await startRig(t, { settings: { SANDBOX_MAX: '1', SANDBOX_MEMORY_MB: '64' } })
  const hoard = `local function big(mb)
    local t = {}
    for i = 1, mb do t[i] = string.rep(string.char(i), 1024 * 1024 - i):gsub("^.", "y") end
    return t
  end
  local ok, what = pcall(big, 30)
  function handler(ctx, event)
    if event.body == "methods" then getmetatable(event).big = big(30) end
    if event.body == "index" then getmetatable(event).__index.big = big(30) end
    if event.body == "library" then string.big = big(30) end
    return { body = tostring(ok) .. " " .. tostring(what) }
  end`
  for (const where of ['methods', 'index', 'library']) {
    await rig.run(hoard, { event: { body: Buffer.from(where) } })
    t.match(
      await rig.body(hoard),
      /^true /,
      `after one that filled the memory by the event's ${where}`
    )
  }
  t.equal(rig.scheduler.pids.length, 1)
})

t.test('nor are field names kept for ever', async t => {
  const rig = await startRig(t, { settings: { SANDBOX_MAX: '1', SANDBOX_MEMORY_MB: '64' } })
  const names = `local function grow(t)
    for i = 1, 100 do t["f" .. i .. "_" .. math.random(8)] = 1 end
  end
  function handler(ctx, event)
    grow(ctx) grow(event.headers) grow(_G)
    return { body = "ok" }
  end`
  for (let i = 0; i < 600; i++) {
    const body = await rig.body(names, { event: { headers: { A: '1' } } })
    if (body !== 'ok') t.equal(body, 'ok', `run ${i + 1}`)
  }
  t.pass('600 runs')
})

t.test("with more libraries than a shape has fields, globals are still each run's own", async t => {
  const more = Array.from({ length: 130 }, (_, i) =>
    luaModule(`more${i}`, {
      doc: 'One of many.',
      functions: {
        one: host({ doc: 'One.', params: [], returns: Num(), example: 'return {}', run: () => 1 })
      }
    })
  )
  const rig = await startRig(t, {
    modules: [...localModules, ...more],
    settings: { SANDBOX_MAX: '1' }
  })
  const leaks =
    'function handler(ctx, event) local seen = tostring(leaked) .. type(more129) leaked = 1 return { body = seen } end'
  for (let i = 0; i < 3; i++) t.equal(await rig.body(leaks), 'niltable')
})

t.test('nor in another function', async t => {
  const rig = await startRig(t, { settings: { SANDBOX_MAX: '4' } })
  for (const fn of ['a', 'b', 'a', 'c', 'b']) t.equal(await rig.body(code, { fn }), CLEAN, fn)
})
