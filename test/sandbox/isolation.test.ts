import t from 'tap'
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
    for (const pid of rig.pool.pids) pids.add(pid)
  }
  t.equal(pids.size, 1, 'it was the same process')
})

t.test('nor in another function', async t => {
  const rig = await startRig(t, { settings: { SANDBOX_MAX: '4' } })
  for (const fn of ['a', 'b', 'a', 'c', 'b']) t.equal(await rig.body(code, { fn }), CLEAN, fn)
})
