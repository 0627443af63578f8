// One local HTTP server that plays every remote service the Lua modules talk
// to. Each scenario gets its own path prefix, so cases can run side by side.
import http from 'node:http'

export class Mock {
  #scenarios = new Map()
  #next = 0
  #server

  async start() {
    this.#server = http.createServer((req, res) => {
      const chunks = []
      req.on('data', c => chunks.push(c))
      req.on('error', () => {})
      req.on('end', () => this.#dispatch(req, res, Buffer.concat(chunks)))
    })
    await new Promise(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    this.port = this.#server.address().port
  }

  async stop() {
    this.#server.closeAllConnections?.()
    await new Promise(resolve => this.#server.close(resolve))
  }

  /**
   * Registers `reply(request, res)`; returns { url, requests }. `reply` may
   * return { status, headers, body } or write to `res` itself.
   */
  scenario(reply) {
    const key = `s${++this.#next}`
    const entry = {
      url: `http://127.0.0.1:${this.port}/${key}`,
      prefix: `/${key}`,
      requests: [],
      reply
    }
    this.#scenarios.set(key, entry)
    return entry
  }

  async #dispatch(req, res, body) {
    const m = /^\/(s\d+)([^?]*)(\?.*)?$/.exec(req.url)
    const entry = m && this.#scenarios.get(m[1])
    if (!entry) {
      res.writeHead(599)
      res.end('no such scenario')
      return
    }
    const seen = {
      method: req.method,
      path: m[2],
      search: m[3] ?? '',
      query: new URLSearchParams(m[3] ?? ''),
      headers: req.headers,
      rawHeaders: req.rawHeaders,
      body,
      text: body.toString('utf8'),
      json() {
        return JSON.parse(this.text)
      }
    }
    entry.requests.push(seen)
    try {
      const out = await entry.reply(seen, res, entry)
      if (!out || res.headersSent) return
      const payload = Buffer.isBuffer(out.body)
        ? out.body
        : typeof out.body === 'string'
          ? Buffer.from(out.body)
          : out.body === undefined
            ? Buffer.alloc(0)
            : Buffer.from(JSON.stringify(out.body))
      const headers = {
        ...(typeof out.body === 'object' && !Buffer.isBuffer(out.body)
          ? { 'content-type': 'application/json' }
          : {}),
        ...out.headers
      }
      res.writeHead(out.status ?? 200, headers)
      res.end(payload)
    } catch (err) {
      if (!res.headersSent) res.writeHead(598)
      res.end(String(err))
    }
  }
}
