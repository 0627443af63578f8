/** Functions of every kind, and what a call of each may be answered with when sandboxes are killed meanwhile. */

export interface MixedFunction {
  readonly code: string
  /** How often it is called, beside the others. */
  readonly weight: number
  readonly statuses: readonly number[]
  readonly body?: (random: () => number) => string
  readonly path?: string
}

/** 500 where a call's sandbox was killed, 503 where none could be had. */
const KILLED = [500, 503]

export const mixedFunctions: Readonly<Record<string, MixedFunction>> = {
  hello: {
    code: 'function handler() return { statusCode = 200, body = "hello" } end',
    weight: 40,
    statuses: [200, ...KILLED]
  },
  counter: {
    code: `function handler(ctx, event)
      local n = kv.increment("n", 1)
      kv.set("k" .. n % 100, event.body)
      log.info("run " .. n)
      return { statusCode = 200, body = tostring(n) }
    end`,
    weight: 25,
    statuses: [200, ...KILLED],
    body: random => 'x'.repeat(random() * 500)
  },
  echo: {
    code: 'function handler(ctx, event) return { statusCode = 200, body = event.body } end',
    weight: 6,
    statuses: [200, ...KILLED],
    body: random => 'x'.repeat(1024 * 2 ** Math.floor(random() * 11))
  },
  talkative: {
    code: 'function handler() for i = 1, 200 do log.info("line " .. i) print(i) end return { statusCode = 200, headers = { ["X-A"] = "1" }, body = json.encode({ a = 1 }) } end',
    weight: 5,
    statuses: [200, ...KILLED]
  },
  wrong: {
    code: 'function handler(ctx, event) local t = nil return { body = t.field } end',
    weight: 8,
    statuses: [500, 503]
  },
  unfound: {
    code: 'function handler() return { statusCode = 404, body = "not here" } end',
    weight: 5,
    statuses: [404, ...KILLED]
  },
  waits: {
    code: 'function handler() time.sleep(50) return { statusCode = 200 } end',
    weight: 4,
    statuses: [200, ...KILLED]
  },
  calls: {
    code: 'function handler(ctx, event) local r, e = http.get(event.body) return { statusCode = r and r.statusCode or 200, body = e } end',
    weight: 4,
    statuses: [200, ...KILLED]
  },
  endless: {
    code: 'function handler() while true do end end',
    weight: 0.3,
    statuses: [500, 503]
  },
  greedy: {
    code: 'function handler() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end end',
    weight: 0.3,
    statuses: [500, 503]
  },
  crowd: {
    code: 'function handler() local t = {} for i = 1, 1e9 do t[i] = coroutine.wrap(function() coroutine.yield() end) t[i]() end end',
    weight: 0.2,
    statuses: [500, 503]
  }
}
