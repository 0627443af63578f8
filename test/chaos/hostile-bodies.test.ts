/** While bodies of every hostile kind come in without a key, `/healthz` goes on answering and memory stays bounded. */
import t from 'tap'
import { MIB, startWatchedServer } from './watched-server.js'

const SIZE = 10 * MIB
const CALLERS = 3

const bodies: Readonly<Record<string, () => Buffer>> = {
  zeros: () => Buffer.alloc(SIZE),
  'no UTF-8': () => Buffer.alloc(SIZE, 0xff),
  'keys of emoji': () =>
    Buffer.from(`{${Array.from({ length: 500_000 }, (_, i) => `"\u{1f600}${i}":1`).join()}}`),
  'long numbers in deep lists': () =>
    Buffer.from(
      `${'['.repeat(5000)}${'12345678901234567890,'.repeat(400_000)}1${']'.repeat(5000)}`
    ),
  'deep objects': () => Buffer.from('{"a":'.repeat(SIZE / 6)),
  'many small objects': () => Buffer.from(`[${'{"token":1},'.repeat(SIZE / 12 - 10)}{}]`),
  'one text of escapes': () => Buffer.from(`"${'\\u0000'.repeat(SIZE / 6 - 10)}"`),
  'how a token begins': () => Buffer.alloc(SIZE, 'eyJ.eyJ'),
  'how a key begins': () => Buffer.alloc(SIZE, 'password=token:'),
  'a form': () => Buffer.alloc(SIZE, 'a%00=%7b&')
}

const codes = {
  echo: 'function handler(ctx, event) return { body = event.body } end',
  logs: 'function handler(ctx, event) log.info(event.body) log.info(event.body:sub(1, 900000)) return {} end',
  errors: 'function handler(ctx, event) error(event.body) end',
  keeps:
    'function handler(ctx, event) kv.set(event.body:sub(1, 60000), event.body:sub(1, 8000000)) return {} end',
  decodes:
    'function handler(ctx, event) local ok, value = pcall(json.decode, event.body) return { body = ok and json.encode(value) or "" } end'
}

t.setTimeout(600_000)

t.test(
  'no hostile body holds up other answers, or takes more memory than the guide names',
  async t => {
    const server = await startWatchedServer(t, {
      KV_LIMIT_PER_FUNCTION: '16MiB',
      HISTORY_LIMIT: '64MiB',
      SANDBOX_MAX: '4'
    })
    const { headers } = server
    const ids = await Promise.all(
      Object.entries(codes).map(([name, code]) => server.save(name, code))
    )

    async function attack(body: Buffer): Promise<void> {
      const targets = [...ids, 'no-such-function']
      await Promise.all(
        Array.from({ length: CALLERS }, async () => {
          for (let target = targets.pop(); target !== undefined; target = targets.pop()) {
            const answer = await fetch(`${server.base}/fn/${target}`, {
              method: 'POST',
              body: new Uint8Array(body)
            }).catch(() => undefined)
            await answer?.body?.cancel()
          }
        })
      )
    }

    async function readLists(): Promise<void> {
      for (const id of ids) {
        t.equal(
          (await fetch(`${server.base}/api/functions/${id}/executions?limit=100`, { headers }))
            .status,
          200
        )
      }
    }

    // What these leave is what a server holds that has been in use: full caches, a heap of the size that it needs.
    for (const name of ['zeros', 'many small objects', 'a form']) {
      await attack(bodies[name]?.() ?? Buffer.alloc(0))
    }
    await readLists()
    await server.begin()
    for (const [name, make] of Object.entries(bodies)) {
      await attack(make())
      t.equal(await server.health(), 200, name)
      // Lists of what they left are read with the key.
      await readLists()
    }

    await server.check()
  }
)
