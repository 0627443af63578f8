import t from 'tap'
import { API_KEY, build } from '../../../helpers/build.js'

/** Runs code as a draft of a new function, in a real process on a real store. */
async function startFunction(t: Parameters<typeof build>[0]) {
  const app = await build(t)
  const headers = { authorization: `Bearer ${API_KEY}` }
  const { id } = (
    await app.inject({
      method: 'POST',
      url: '/api/functions',
      headers,
      payload: { name: 'f', code: 'function handler() return {} end' }
    })
  ).json()
  return async (statements: string): Promise<string> => {
    const run = (
      await app.inject({
        method: 'POST',
        url: `/api/functions/${id}/draft`,
        headers,
        payload: {
          code: `local function list(t) return table.concat(t, ",") end\nfunction handler()\n${statements}\nend`,
          event: { method: 'GET', path: '/' }
        }
      })
    ).json()
    return run.error?.text ?? run.body
  }
}

for (const suffix of ['', 'Global']) {
  t.test(`several entries of kv at once${suffix}`, async t => {
    const run = await startFunction(t)
    t.equal(
      await run(`
        kv.setMany${suffix}({ ["u:1"] = "Ada", ["u:2"] = 2, other = "x", ["é"] = "" })
        local found = kv.getMany${suffix}({ "u:1", "u:2", "none", "é" })
        local none = kv.getMany${suffix}({})
        return { body = table.concat({ found["u:1"], found["u:2"], tostring(found.none), found["é"],
          tostring(next(none)), list(kv.keys${suffix}("u:")), #kv.keys${suffix}() }, "|") }`),
      'Ada|2|nil||nil|u:1,u:2|4'
    )
    t.equal(
      await run(`
        local removed = kv.deletePrefix${suffix}("u:")
        return { body = removed .. list(kv.keys${suffix}("")) .. kv.deletePrefix${suffix}("nothing") }`),
      '2other,é0'
    )
    t.equal(
      await run(`return { body = kv.deletePrefix${suffix}("") .. #kv.keys${suffix}() }`),
      '20'
    )
  })

  t.test(`a value is stored only where there is none${suffix}`, async t => {
    const run = await startFunction(t)
    t.equal(
      await run(`
        local set = kv.setIfAbsent${suffix}
        local first, second = set("k", "1", { ttl = 0.001 }), nil
        time.sleep(20)
        second = set("k", "2")
        return { body = table.concat({ tostring(first), tostring(second), tostring(set("k", "3")), kv.get${suffix}("k") }, " ") }`),
      'true true false 2',
      'an expired value counts as absent'
    )
  })

  t.test(`a counter expires when its first count says${suffix}`, async t => {
    const run = await startFunction(t)
    t.equal(
      await run(`
        local n = kv.increment${suffix}
        local a, b = n("k", 1, { ttl = 0.001 }), nil
        time.sleep(20)
        b = n("k", 5, { ttl = 60 })
        return { body = a .. " " .. b .. " " .. n("k", 1, { ttl = 0.001 }) .. " " .. n("k") .. " " .. n("plain", 2) }`),
      '1 5 6 7 2'
    )
    t.equal(
      await run(
        `time.sleep(20) return { body = kv.get${suffix}("k") .. kv.get${suffix}("plain") }`
      ),
      '72',
      'a later count does not move the time'
    )
  })
}

t.test('a counter of many runs at the same time loses no count', async t => {
  const run = await startFunction(t)
  const counts = await Promise.all(
    Array.from({ length: 20 }, () => run('return { body = kv.increment("k", 1, { ttl = 60 }) }'))
  )
  t.same(
    counts.map(Number).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i + 1)
  )
})

t.test('wrong use of many entries raises and says what is wrong', async t => {
  const run = await startFunction(t)
  for (const [call, want] of [
    ['kv.setMany("x")', /bad argument #1 to 'kv.setMany'/],
    ['kv.setMany({ a = {} })', /bad argument #1 to 'kv.setMany' .*value of 'a'/],
    ['kv.setMany({ ["\\255"] = "x" })', /kv.setMany: a key is no UTF-8/],
    ['kv.setMany({ [("x"):rep(65537)] = "x" })', /kv.setMany: a key has more than 65536 bytes/],
    ['kv.getMany("x")', /bad argument #1 to 'kv.getMany'/],
    [
      '(function() local k = {} for i = 1, 1001 do k[i] = i end return kv.getMany(k) end)()',
      /at most 1000 at once, got 1001/
    ],
    ['kv.keys({})', /bad argument #1 to 'kv.keys'/],
    ['kv.deletePrefix()', /bad argument #1 to 'kv.deletePrefix'/],
    ['kv.setIfAbsent("a")', /bad argument #2 to 'kv.setIfAbsent'/],
    ['kv.setIfAbsent("a", "b", { ttl = 0 })', /bad argument #3 to 'kv.setIfAbsent'/],
    ['kv.increment("a", 1, { ttl = "x" })', /bad argument #3 to 'kv.increment'/],
    ['kv.increment("a", 1/0)', /bad argument #2 to 'kv.increment'/],
    [
      '(kv.set("t", "x") and kv.incrementGlobal("a", 0/0))',
      /bad argument #2 to 'kv.incrementGlobal'/
    ]
  ] as const) {
    t.match(await run(`return { body = tostring(${call}) }`), want)
  }
})
