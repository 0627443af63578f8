import t, { type Test } from 'tap'
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import { host, luaModule, param, type HostCall, type LuaModule } from '../../../core/lua/module.js'
import {
  Any,
  Bool,
  Bytes,
  Dict,
  Fields,
  Int,
  List,
  Nil,
  Num,
  Optional,
  Text,
  Union,
  field,
  type LuaType
} from '../../../core/lua/types/declare.js'
import { SANDBOX_KILLED } from '../../../sandbox/process/exit-error.js'
import { returning, startRig } from '../rig.js'

const declared = { doc: 'A function of a test.', example: 'return {}' }

/** A module `m` with one function `f` that takes and gives these types. */
const one = (
  types: readonly LuaType[],
  returns: LuaType,
  run: (call: HostCall, ...args: unknown[]) => unknown,
  more: { name?: string; fails?: boolean; oneWay?: { result: boolean | undefined } } = {}
): LuaModule =>
  luaModule(more.name ?? 'm', {
    doc: 'A module of a test.',
    functions: {
      f: {
        ...host({
          ...declared,
          params: types.map((type, i) => param(`p${i}`, type, 'A value.')),
          returns: Nil,
          run: () => undefined
        }),
        ...(more.fails === undefined ? {} : { fails: more.fails }),
        ...(more.oneWay === undefined ? {} : { oneWay: more.oneWay }),
        returns,
        run: run as () => undefined
      }
    }
  })

/** What `m.f(lua)` of each case gets, or how the run fails; one function of Lua code for all of them. */
async function seen(
  t: Test,
  cases: ReadonlyArray<readonly [type: LuaType, lua: string, ...rest: unknown[]]>
): Promise<unknown[]> {
  const got: unknown[] = []
  const { body } = await startRig(t, {
    modules: cases.map(([type], i) =>
      one(
        [type],
        Nil,
        (_call, value) => {
          got[i] = value
        },
        { name: `m${i}` }
      )
    )
  })
  const code = `local cases = { ${cases.map(([, lua], i) => `function () m${i}.f(${lua}) end`).join(', ')} } function handler(_, event) cases[event.body + 1]() return { body = "done" } end`
  for (const i of cases.keys()) {
    const outcome = await body(code, { event: { body: Buffer.from(String(i)) } })
    if (outcome !== 'done') got[i] = outcome.replace(`m${i}.f`, 'm.f')
  }
  return got
}

t.test('arguments arrive as the JavaScript values of their types', async t => {
  const cases = [
    [Text(), '"h\\195\\164"', 'hä'],
    [Text(), '12', '12'],
    [Text(), '2^40', '1099511627776'],
    [Text(), '"\\255"', '\ufffd'],
    [Bytes(), '"a\\0\\255"', Buffer.from([97, 0, 255])],
    [Num(), '1.5', 1.5],
    [Int(), '-7.9', -7],
    [Bool, 'false', false],
    [Optional(Text()), '', undefined],
    [List(Num()), '{ 1, 2, 3 }', [1, 2, 3]],
    [
      Dict(Text()),
      '{ a = 1, ["\\195\\164"] = "b" }',
      Object.assign(Object.create(null), { a: '1', ä: 'b' })
    ],
    [
      Fields({ a: field(Text(), 'A.'), b: field(Optional(Bool), 'B.') }),
      '{ a = "x", other = 1 }',
      { a: 'x', b: undefined }
    ],
    [Union(Bool, Text()), '"x"', 'x'],
    [Any, '{ 1, "b", { false } }', [1, 'b', [false]]]
  ] as const
  for (const [i, got] of (await seen(t, cases)).entries()) {
    t.same(got, cases[i]?.[2], `${cases[i]?.[0].kind} from ${cases[i]?.[1]}`)
  }
})

t.test('what is not of the declared type never reaches the host function', async t => {
  const person = Fields({
    name: field(Text({ max: 3 }), 'Name.'),
    tags: field(Optional(List(Text())), 'Tags.')
  })
  const cases = [
    [Text(), '', "bad argument #1 to 'm.f' (string expected, got no value)"],
    [Text(), 'nil', "bad argument #1 to 'm.f' (string expected, got nil)"],
    [Text(), '{}', "bad argument #1 to 'm.f' (string expected, got table)"],
    [Text(), 'print', "bad argument #1 to 'm.f' (string expected, got function)"],
    [
      Bytes({ max: 512 }),
      '("x"):rep(600)',
      "bad argument #1 to 'm.f' (at most 512 bytes allowed, got 600)"
    ],
    [
      Text({ oneOf: ['a', 'b'] }),
      '"c"',
      "bad argument #1 to 'm.f' (one of 'a', 'b' expected, got 'c')"
    ],
    [Num(), '"1"', "bad argument #1 to 'm.f' (number expected, got string)"],
    [
      Int({ min: 1, max: 10 }),
      '11',
      "bad argument #1 to 'm.f' (number from 1 to 10 expected, got 11)"
    ],
    [Num({ min: 0 }), '-0.5', "bad argument #1 to 'm.f' (number of at least 0 expected, got -0.5)"],
    [Bool, '1', "bad argument #1 to 'm.f' (boolean expected, got number)"],
    [
      List(Text()),
      '{ "a", {} }',
      "bad argument #1 to 'm.f' (element 2: string expected, got table)"
    ],
    [
      Dict(Num()),
      '{ a = "x" }',
      "bad argument #1 to 'm.f' (value of 'a': number expected, got string)"
    ],
    [person, '{}', "bad argument #1 to 'm.f' (field 'name': string expected, got nil)"],
    [
      person,
      '{ name = "Anna" }',
      "bad argument #1 to 'm.f' (field 'name': at most 3 bytes allowed, got 4)"
    ],
    [
      person,
      '{ name = "A", tags = { true } }',
      "bad argument #1 to 'm.f' (field 'tags': element 1: string expected, got boolean)"
    ],
    [
      Union(Text(), List(Text())),
      'true',
      "bad argument #1 to 'm.f' (string or table expected, got boolean)"
    ],
    [Any, '', "bad argument #1 to 'm.f' (value expected)"],
    [Any, '{ print }', "bad argument #1 to 'm.f' (functions cannot be passed on)"],
    [
      Any,
      '(function () local t = {} t.t = t return t end)()',
      "bad argument #1 to 'm.f' (a table that contains itself cannot be passed on)"
    ]
  ] as const
  for (const [i, got] of (await seen(t, cases)).entries()) {
    t.equal(got, `runtime: function:1: ${cases[i]?.[2]}`)
  }
})

t.test('results arrive in Lua as they were declared', async t => {
  const cases = [
    [Text(), 'hä', 'm.f() == "h\\195\\164"', 'true'],
    [Bytes(), Buffer.from([0, 255]), 'm.f() == "\\0\\255"', 'true'],
    [Num(), 2 ** 53, 'm.f()', '9007199254740992'],
    [Optional(Text()), undefined, 'm.f()', 'nil'],
    [List(Text()), ['a', 'ä'], 'table.concat(m.f(), ",")', 'a,ä'],
    [Dict(Num()), { a: 1, ä: 2 }, 'm.f().a + m.f()["ä"]', '3'],
    [
      Dict(Num()),
      new Map<Uint8Array | string, number>([
        [Buffer.from([0xff]), 1],
        ['ä', 2]
      ]),
      'm.f()["\\255"] + m.f()["ä"]',
      '3'
    ],
    [
      Fields({ a: field(Text(), 'A.'), b: field(Optional(Text()), 'B.') }),
      { a: 'x', b: undefined },
      'm.f().a .. tostring(m.f().b)',
      'xnil'
    ],
    [Any, { a: [1, { b: null }] }, 'm.f().a[1]', '1']
  ] as const
  const { body } = await startRig(t, {
    modules: cases.map(([type, value], i) => one([], type, () => value, { name: `m${i}` }))
  })
  const code = `local cases = { ${cases.map(([, , lua], i) => `function (m) return tostring(${lua}) end, m${i}`).join(', ')} } function handler(_, event) local i = event.body * 2 + 1 return { body = cases[i](cases[i + 1]) } end`
  for (const [i, [, , lua, expected]] of cases.entries()) {
    t.equal(await body(code, { event: { body: Buffer.from(String(i)) } }), expected, lua)
  }
})

t.test('a result of another type than declared is an error that names the function', async t => {
  const { body, errors } = await startRig(t, {
    modules: [one([], Fields({ id: field(Text(), 'Id.') }), () => ({ id: 7 }))]
  })
  t.equal(
    await body(returning('m.f().id')),
    "runtime: function:2: 'm.f' returned a wrong value: field 'id': a string expected, got the number 7"
  )
  t.equal(errors.length, 1)
})

t.test(
  'a failure of the outside world is nil and a message; misuse raises; anything else says nothing of itself',
  async t => {
    const attempt =
      'function handler() local ok, a, b = pcall(m.f) return { body = tostring(ok) .. "|" .. tostring(a) .. "|" .. tostring(b) } end'
    for (const [error, fails, expected] of [
      [new LuaFailure('no route to höst'), true, 'true|nil|no route to höst'],
      [new LuaFailure('no route'), false, 'false|function:1: no route|nil'],
      [new LuaMisuse('the key is empty'), true, 'false|function:1: the key is empty|nil'],
      [new TypeError('secret of the server'), true, "false|function:1: internal error in 'm.f'|nil"]
    ] as const) {
      const { body, errors } = await startRig(t, {
        modules: [
          one(
            [Optional(Bool)],
            Nil,
            (_call, later) => {
              if (later === true) return Promise.reject(error)
              throw error
            },
            { fails }
          )
        ]
      })
      for (const later of ['false', 'true']) {
        errors.length = 0
        // pcall of a native function has no Lua caller, so the position may be missing.
        t.equal(
          (await body(attempt.replace('m.f', `m.f, ${later}`))).replace('|function:1: ', '|'),
          expected.replace('|function:1: ', '|')
        )
        t.equal(errors.length, error instanceof TypeError ? 1 : 0)
      }
    }
  }
)

t.test('host calls work wherever Lua can call', async t => {
  const { body } = await startRig(t, {
    modules: [one([Num()], Num(), async (_call, n) => (n as number) * 2)]
  })
  const code = `function handler()
    local out = {}
    out[1] = coroutine.wrap(function () return m.f(1) end)()
    out[2] = select(2, pcall(m.f, 2))
    out[3] = setmetatable({}, { __index = function (_, k) return m.f(k) end })[3]
    local list = { 3, 1, 2 }
    table.sort(list, function (a, b) return m.f(a) < m.f(b) end)
    out[4] = table.concat(list)
    out[5] = ("4"):gsub("%d", function (d) return m.f(tonumber(d)) end)
    out[6] = tostring(setmetatable({}, { __tostring = function () return tostring(m.f(6)) end }))
    for v in function (_, last) if not last then return m.f(7) end end do out[7] = v end
    return { body = table.concat(out, " ") }
  end`
  t.equal(await body(code), '2 4 6 123 8 12 14')
})

t.test(
  'one-way calls come in order, before the call behind them, and their failure is the run’s',
  async t => {
    const got: unknown[] = []
    const module = luaModule('m', {
      doc: 'A module of a test.',
      functions: {
        note: host({
          ...declared,
          params: [param('n', Num(), 'A number.')],
          returns: Bool,
          oneWay: { result: true },
          async run(_call, n) {
            got.push(n)
            if (n === 99) throw new LuaFailure('the disk is full')
            return true
          }
        }),
        count: host({ ...declared, params: [], returns: Num(), run: () => got.length })
      }
    })
    const { body, run } = await startRig(t, { modules: [module] })
    t.equal(
      await body(
        'function handler() local r for i = 1, 50 do r = m.note(i) end return { body = tostring(r) .. m.count() } end'
      ),
      'true50'
    )
    t.same(
      got,
      Array.from({ length: 50 }, (_, i) => i + 1)
    )
    t.match((await run('function handler() m.note(99) return { body = "as if" } end')).fault, {
      kind: 'runtime',
      message: 'm.note: the disk is full'
    })
  }
)

t.test('the deadline ends a waiting host call, and its work in the server is aborted', async t => {
  let aborted = false
  const wait = ({ signal }: HostCall) =>
    new Promise(resolve => {
      signal.addEventListener('abort', () => {
        aborted = true
        resolve(undefined)
      })
    })
  const { run, body } = await startRig(t, { modules: [one([], Nil, wait)], timeoutMs: 3000 })
  t.equal((await run('function handler() m.f() end', { fn: 'waits' })).fault?.kind, 'timeout')
  t.equal(aborted, true)
  t.equal(await body(returning('"next"'), { fn: 'waits' }), 'next')
})

t.test('a one-way call that never ends cannot hold its run for ever', async t => {
  const { run } = await startRig(t, {
    modules: [one([], Nil, () => new Promise(() => {}), { oneWay: { result: undefined } })],
    timeoutMs: 300
  })
  t.equal((await run('function handler() m.f() return {} end')).fault?.kind, 'timeout')
})

t.test(
  'a process killed from outside settles its run, aborts its call, and is replaced',
  async t => {
    let aborted = false
    const { scheduler, run, body, errors } = await startRig(t, {
      modules: [
        one(
          [],
          Nil,
          ({ signal }) =>
            new Promise(resolve => {
              signal.addEventListener('abort', () => {
                aborted = true
                resolve(undefined)
              })
              for (const pid of scheduler.pids) process.kill(pid, 'SIGKILL')
            })
        )
      ]
    })
    t.match(await run('function handler() m.f() end'), {
      fault: { kind: 'crash', message: /SIGKILL/ }
    })
    t.equal(aborted, true)
    t.match(errors, [{ name: SANDBOX_KILLED }], 'the log says so')
    t.equal(await body(returning('"next"')), 'next')
  }
)

t.test('large frames go both ways at once', async t => {
  const size = 8 * 1024 * 1024
  const { scheduler, body, run } = await startRig(t, {
    modules: [one([Bytes()], Bytes(), (_call, bytes) => Buffer.from(bytes as Buffer).reverse())],
    settings: { EXECUTION_TIMEOUT: '60', BODY_LIMIT: '16MiB' }
  })
  const echo =
    'function handler(ctx, event) local back = m.f(event.body) return { body = back } end'
  const large = Buffer.alloc(size, 'abcdefg')
  const results = await Promise.all(
    Array.from({ length: 6 }, () => run(echo, { event: { body: large } }))
  )
  for (const { answer } of results) {
    t.ok(answer !== undefined && Buffer.from(answer.body).equals(Buffer.from(large).reverse()))
  }
  t.equal(await body(returning('"next"')), 'next')
  t.ok(scheduler.pids.length > 0)
})

t.test(
  'a result larger than a frame is an error of the call, not the end of the process',
  async t => {
    const { body } = await startRig(t, {
      modules: [one([], Bytes(), () => Buffer.alloc(64 * 1024 * 1024))]
    })
    t.match(
      await body('function handler() local ok, e = pcall(m.f) return { body = e } end'),
      /the result of 'm.f' is too large/
    )
  }
)

t.test(
  'arguments larger than a frame are an error of the call, not the end of the process',
  async t => {
    const { body } = await startRig(t, { modules: [one([Bytes()], Nil, () => undefined)] })
    t.match(
      await body(
        'function handler() local ok, e = pcall(m.f, ("x"):rep(40 * 1024 * 1024)) return { body = e } end'
      ),
      /the arguments of 'm.f' are too large \(at most \d+ bytes together, got \d+\)/
    )
  }
)

t.test(
  'arguments of more than 50,000 values are an error of the call that says how many there were, one-way or not',
  async t => {
    const sizes: unknown[] = []
    const note = (_call: HostCall, value: unknown) => {
      sizes.push(Object.keys(value as object).length)
      return undefined
    }
    const { body } = await startRig(t, {
      modules: [
        one([Any], Nil, note),
        one([Any], Nil, note, { name: 'o', oneWay: { result: undefined } })
      ],
      timeoutMs: 120_000
    })
    const said = await body(`function handler()
      local function names(count)
        local table = {}
        for i = 1, count do table["n" .. i] = true end
        return table
      end
      local list, said = {}, {}
      for i = 1, 60000 do list[i] = i end
      for _, value in ipairs({ names(60000), { list, { names(40000) } }, names(50000),
        names(49999), names(40000) }) do
        for _, f in ipairs({ m.f, o.f }) do
          local ok, e = pcall(f, value)
          said[#said + 1] = ok and "taken" or e:match("the arguments.*")
        end
      end
      return { body = table.concat(said, "\\n") }
    end`)
    const refused = [60_001, 100_004, 50_001].flatMap(count =>
      ['m.f', 'o.f'].map(
        f => `the arguments of '${f}' hold too many values (at most 50000 together, got ${count})`
      )
    )
    t.strictSame(String(said).split('\n'), [...refused, ...Array<string>(4).fill('taken')])
    t.strictSame(sizes, [49_999, 49_999, 40_000, 40_000], 'and nothing of what was refused came')
  }
)
