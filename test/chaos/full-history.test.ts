/**
 * Anonymous calls at full rate fill the history many times over; the file stays within its quota.
 * By hand, for an hour: `node dist/test/chaos/full-history.test.js 60`.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Agent, request } from 'undici'
import { temporaryFolder } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'
import { startServer } from '../helpers/server.js'

const MIB = 1024 ** 2
const QUOTA = 4 * MIB
/** Each is about a kilobyte of history, so this is several times the quota. */
const CALLS = 20_000
const CALLERS = 16
const minutes = Number(process.argv[2] ?? 0)

t.setTimeout((minutes + 5) * 60_000)

t.test(
  'anonymous calls at full rate leave the database within its quota, and the server answering',
  async t => {
    const DATA_DIR = await temporaryFolder(t)
    const { base, key } = await startServer(t, {
      DATA_DIR,
      HISTORY_LIMIT: `${QUOTA}`,
      LOG_LEVEL: 'warn'
    })
    const headers = { authorization: `Bearer ${key}` }
    const code =
      'function handler(ctx, event) log.info("a call") kv.increment("n") return { body = "hello" } end'
    const made = await fetch(`${base}/api/functions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'hello', code })
    })
    const { id } = (await made.json()) as { id: string }

    const dispatcher = new Agent({ connections: CALLERS })
    t.teardown(() => dispatcher.destroy())
    let calls = 0
    /** Turned away before they ran, as a server may that the machine gives no time; no more than one in a thousand. */
    let refused = 0
    const end = Date.now() + minutes * 60_000
    const body = 'x'.repeat(500)
    async function callOn(): Promise<void> {
      while (calls < CALLS || Date.now() < end) {
        calls++
        const answer = await request(`${base}/fn/${id}`, { dispatcher, method: 'POST', body })
        const text = await answer.body.text()
        if (answer.statusCode === 503) refused++
        else if (text !== 'hello') throw new Error(`${answer.statusCode} after ${calls} calls`)
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, callOn))

    const usage = async () =>
      (
        (await (await fetch(`${base}/api/status`, { headers })).json()) as {
          usage: { history: number }
        }
      ).usage
    await eventually(
      t,
      async () => (await usage()).history <= QUOTA,
      true,
      'history is within its quota'
    )
    const { size } = await stat(join(DATA_DIR, 'moonlet.db'))
    t.ok(size <= QUOTA * 1.25 + MIB, `the file has ${size} bytes after ${calls} calls`)
    t.ok(refused <= calls / 1000, `${refused} calls were turned away`)
    // Its check of a sandbox takes longer than it waits where the machine gives the server no time.
    await eventually(t, async () => (await fetch(`${base}/readyz`)).status, 200, 'it is ready')
    const kept = await fetch(`${base}/api/functions/${id}/kv/n`, { headers })
    t.equal(
      Number(await kept.text()),
      calls - refused,
      'nothing that was acknowledged is lost but old history'
    )
  }
)
