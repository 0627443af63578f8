import http from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { wrapLua, readLua } from './luawire.mjs'

export class Mismatch extends Error {
  constructor(label, expected, got) {
    super(label)
    this.label = label
    this.expected = expected
    this.got = got
  }
}

function normalize(v) {
  if (Array.isArray(v)) return v.length ? v.map(normalize) : {}
  if (v && typeof v === 'object') {
    return Object.fromEntries(
      Object.keys(v)
        .sort()
        .map(k => [k, normalize(v[k])])
    )
  }
  return v
}

const BUSY_RETRIES = 7
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

/** Plain HTTP exchange: no redirect following, no header rewriting. */
export function exchange(
  base,
  { method = 'GET', path, headers = {}, body, timeoutMs = 60000, signal }
) {
  return new Promise((resolve, reject) => {
    const u = new URL(base)
    const payload =
      body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(String(body))
    const h = { ...headers }
    if (payload !== undefined && !Object.keys(h).some(k => k.toLowerCase() === 'content-length')) {
      h['Content-Length'] = payload.length
    } else if (payload === undefined && ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) {
      h['Content-Length'] = 0
    }
    const req = http.request(
      { agent, host: u.hostname, port: u.port || 80, method, path, headers: h, signal },
      res => {
        const chunks = []
        res.on('data', c => chunks.push(c))
        res.on('error', reject)
        res.on('end', () => {
          const buf = Buffer.concat(chunks)
          const text = buf.toString('utf8')
          resolve({
            status: res.statusCode,
            headers: res.headers,
            buf,
            text,
            get json() {
              try {
                return JSON.parse(text)
              } catch {
                return undefined
              }
            }
          })
        })
      }
    )
    req.setTimeout(timeoutMs, () =>
      req.destroy(new Error(`no answer within ${timeoutMs} ms: ${method} ${path}`))
    )
    req.on('error', reject)
    if (payload !== undefined) req.write(payload)
    req.end()
  })
}

export function makeToolbox(env) {
  const { base, key, mock, execTimeoutS, shared } = env
  const owned = []
  let serial = 0

  const t = {
    base,
    key,
    mock,
    execTimeoutS,
    owned,

    // ---- assertions -------------------------------------------------------
    eq(got, expected, label = 'value') {
      if (!isDeepStrictEqual(normalize(got), normalize(expected))) {
        throw new Mismatch(label, expected, got)
      }
    },
    ok(cond, label, got) {
      if (!cond) throw new Mismatch(label, true, got === undefined ? false : got)
    },
    match(got, re, label = 'text') {
      if (typeof got !== 'string' || !re.test(got)) throw new Mismatch(label, String(re), got)
    },
    contains(got, part, label = 'text') {
      if (typeof got !== 'string' || !got.includes(part)) {
        throw new Mismatch(`${label} contains`, part, got)
      }
    },
    lacks(got, part, label = 'text') {
      if (typeof got !== 'string' || got.includes(part)) {
        throw new Mismatch(`${label} must not contain`, part, got)
      }
    },
    oneOf(got, list, label = 'value') {
      if (!list.includes(got)) throw new Mismatch(`${label} one of`, list, got)
    },
    between(got, lo, hi, label = 'number') {
      if (typeof got !== 'number' || !(got >= lo && got <= hi)) {
        throw new Mismatch(`${label} in range`, [lo, hi], got)
      }
    },
    isText(got, label = 'text') {
      if (typeof got !== 'string' || got === '') {
        throw new Mismatch(`${label} is a non-empty string`, 'non-empty string', got)
      }
    },
    isInt(got, label = 'number') {
      if (!Number.isInteger(got)) throw new Mismatch(`${label} is an integer`, 'integer', got)
    },
    sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),

    // ---- management API ---------------------------------------------------
    raw(method, path, options = {}) {
      return exchange(base, { method, path, ...options })
    },

    /**
     * Authenticated API call; `body` objects are sent as JSON. A management
     * write answered 500 (or 404 for a function known to exist) is repeated a
     * few times: a server may lose a lock race under this suite's load, and
     * that is not what these cases measure.
     */
    async api(method, path, body, options = {}) {
      const headers = { Authorization: `Bearer ${key}`, ...options.headers }
      let payload = body
      if (body !== undefined && !Buffer.isBuffer(body) && typeof body !== 'string') {
        payload = JSON.stringify(body)
      }
      if (headers['Content-Type'] === null) delete headers['Content-Type']
      else if (payload !== undefined && !headers['Content-Type']) {
        headers['Content-Type'] = 'application/json'
      }
      for (let attempt = 1; ; attempt++) {
        const r = await exchange(base, { method, path, headers, body: payload })
        const [, id] = /^\/api\/functions\/([^/]+)(?:\/env)?$/.exec(path) ?? []
        const busy =
          (r.status === 500 && method !== 'GET' && /^Failed to /.test(r.json?.error ?? '')) ||
          (r.status === 404 && method === 'PUT' && env.alive.has(id))
        if (!busy || attempt > BUSY_RETRIES || options.noRetry) {
          if (method === 'DELETE' && r.status === 204) env.alive.delete(id)
          return r
        }
        env.busyRetries = (env.busyRetries ?? 0) + 1
        await t.sleep(15 * attempt * attempt)
      }
    },

    /** API call that must answer `status`; returns its JSON. */
    async must(method, path, body, status = 200) {
      const r = await t.api(method, path, body)
      if (r.status !== status) {
        throw new Mismatch(
          `${method} ${path} status`,
          status,
          `${r.status} ${r.text.slice(0, 200)}`
        )
      }
      return r.json
    },

    own(id) {
      owned.push(id)
      env.alive.add(id)
      return id
    },

    /** Every function name starts with the run's tag, so leftovers can be swept. */
    name(suffix = `f${++serial}`) {
      return `${env.tag}-${suffix}`
    },

    /** Creates a function that is removed when the case ends. */
    async create(code, { name, env: vars, description, ...patch } = {}) {
      const body = { name: name ?? t.name(), code }
      if (description !== undefined) body.description = description
      const fn = await t.must('POST', '/api/functions', body)
      t.own(fn.id)
      if (vars) await t.must('PUT', `/api/functions/${fn.id}/env`, { env_vars: vars })
      if (Object.keys(patch).length) await t.update(fn.id, patch)
      return fn
    },

    update(id, patch) {
      return t.must('PUT', `/api/functions/${id}`, patch)
    },
    get(id) {
      return t.must('GET', `/api/functions/${id}`)
    },
    execution(id) {
      return t.must('GET', `/api/executions/${id}`)
    },
    async logs(execId, query = '?limit=100') {
      return t.must('GET', `/api/executions/${execId}/logs${query}`)
    },

    // ---- invocation -------------------------------------------------------
    async invoke(
      id,
      { method = 'GET', path = '', query = '', headers, body, timeoutMs, signal } = {}
    ) {
      const r = await exchange(base, {
        method,
        path: `/fn/${id}${path}${query}`,
        headers,
        body,
        timeoutMs,
        signal
      })
      r.execId = r.headers['x-execution-id']
      return r
    },

    /** Invokes and returns the execution record too. */
    async invokeAndRead(id, options) {
      const r = await t.invoke(id, options)
      r.execution = r.execId ? await t.execution(r.execId) : undefined
      return r
    },

    /** Runs Lua code in a fresh function; gives the values it returned. */
    async lua(code, { env: vars, request, before, fn } = {}) {
      const target = fn ?? (await t.create(wrapLua(code, before), { env: vars }))
      const r = await t.invoke(target.id, request)
      if (r.status !== 200 || !r.text.startsWith('LUA1:')) {
        let why = r.text.slice(0, 300)
        if (r.execId) why += ` | ${(await t.execution(r.execId)).error_message ?? ''}`.slice(0, 600)
        throw new Mismatch('Lua code ran', 'a 200 reply', `${r.status} ${why}`)
      }
      return { values: readLua(r.text), response: r, fn: target }
    },
    wrapLua,
    readLua,

    /** Computes a fixture once per run, whichever case asks first. */
    once(name, make) {
      if (!shared.has(name)) shared.set(name, make(env.keeper ?? t))
      return shared.get(name)
    },

    /** Removes whatever carries this run's tag and is still there. */
    async sweep() {
      for (let offset = 0; ;) {
        const page =
          (await t.api('GET', `/api/functions?limit=100&offset=${offset}`)).json?.functions ?? []
        const mine = page.filter(f => f.name.trim().startsWith(env.tag))
        for (const f of mine) await t.api('DELETE', `/api/functions/${f.id}`)
        if (page.length < 100) return
        offset += 100 - mine.length
      }
    },

    async cleanup() {
      for (const id of owned.splice(0)) {
        try {
          await t.api('DELETE', `/api/functions/${id}`)
        } catch {
          /* server may be gone */
        }
      }
    }
  }
  return t
}
