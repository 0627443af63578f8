/**
 * A load of everything at once: functions of every kind, kills of sandboxes, new versions, people reading lists,
 * listeners that come and go, and callers that hang up.
 */
import { setMaxListeners } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient, createFunction } from '../client.js'
import { API_KEY, type ChaosServer } from '../server.js'
import { mixedFunctions, type MixedFunction } from './functions.js'
import { createRandom } from './random.js'

export interface MixedReport {
  /** Answers by status. */
  readonly answers: Map<number, number>
  /** Sandboxes killed, new versions made, callers that hung up, pages read, listeners that came and went. */
  readonly done: Record<'kills' | 'versions' | 'hangups' | 'reads' | 'listeners', number>
  /** What nobody should see: statuses that do not belong to the function, and answers that never came. */
  readonly wrong: string[]
}

export interface MixedLoad {
  readonly report: MixedReport
  stop(): Promise<MixedReport>
}

interface Callee extends MixedFunction {
  readonly name: string
  readonly id: string
}

const CALLERS = 16
const MAX_WRONG = 20

/** Makes the functions on the server; `start` loads it with about `rate` calls a second, the same in every run. */
export async function prepareMixedLoad(server: ChaosServer) {
  const client = createClient(CALLERS + 8)
  const callees: Callee[] = []
  for (const [name, callee] of Object.entries(mixedFunctions)) {
    callees.push({ ...callee, name, id: await createFunction(client, server.base, callee.code) })
  }
  const weights = callees.reduce((sum, { weight }) => sum + weight, 0)

  function pick(random: () => number): Callee {
    let at = random() * weights
    return callees.find(({ weight }) => (at -= weight) < 0) ?? (callees[0] as Callee)
  }

  function start(rate: number): MixedLoad {
    const report: MixedReport = {
      answers: new Map(),
      done: { kills: 0, versions: 0, hangups: 0, reads: 0, listeners: 0 },
      wrong: []
    }
    const ending = new AbortController()
    setMaxListeners(0, ending.signal)
    const wrong = (text: string): void => {
      if (report.wrong.length < MAX_WRONG) report.wrong.push(text)
    }

    const callers = Array.from({ length: CALLERS }, async (_, seed) => {
      const random = createRandom(seed)
      while (!ending.signal.aborted) {
        await call(pick(random), random)
        await rest((random() * 2 * CALLERS * 1000) / rate)
      }
    })

    async function call({ name, id, statuses, body }: Callee, random: () => number): Promise<void> {
      try {
        const sent = name === 'calls' ? `${server.base}/healthz` : (body?.(random) ?? '')
        const { status } = await client.call(`${server.base}/fn/${id}/${name}?n=1`, 'POST', sent)
        report.answers.set(status, (report.answers.get(status) ?? 0) + 1)
        if (!statuses.includes(status)) wrong(`${name} answered ${status}`)
      } catch (error) {
        wrong(`${name}: ${String(error)}`)
      }
    }

    /** Does it about every `ms`, until the end. */
    const regularly = async (
      ms: number,
      seed: number,
      act: (random: () => number) => Promise<void> | void
    ) => {
      const random = createRandom(1000 + seed)
      for (await rest(ms); !ending.signal.aborted; await rest(random() * 2 * ms)) {
        try {
          await act(random)
        } catch (error) {
          wrong(String(error))
        }
      }
    }
    const rest = async (ms: number) => {
      await pause(ms, undefined, { signal: ending.signal }).catch(() => {})
    }

    const around = [
      regularly(1500, 1, random => {
        const sandboxes = server.sandboxes()
        const victim = sandboxes[Math.floor(random() * sandboxes.length)]
        if (victim === undefined) return
        try {
          process.kill(victim, 'SIGKILL')
        } catch {
          return
        }
        report.done.kills++
      }),
      regularly(5000, 2, async random => {
        const { id, code } = pick(random)
        const { status } = await client.call(
          `${server.base}/api/functions/${id}`,
          'PUT',
          JSON.stringify({ code: `${code}\n-- ${random()}` })
        )
        if (status !== 200) wrong(`a new version was answered with ${status}`)
        report.done.versions++
      }),
      regularly(300, 3, async random => {
        const { id } = pick(random)
        const pages = [
          '/api/functions',
          `/api/functions/${id}/executions?limit=50`,
          `/api/functions/${id}/versions`,
          `/api/functions/${id}/kv`,
          '/metrics',
          '/readyz',
          '/'
        ]
        const page = pages[Math.floor(random() * pages.length)] ?? '/'
        const { status } = await client.call(server.base + page)
        if (status !== 200 && !(page === '/readyz' && status === 503)) {
          wrong(`${page} answered ${status}`)
        }
        report.done.reads++
      }),
      regularly(2000, 4, async () => {
        await visit(
          `GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${API_KEY}\r\n\r\n`,
          1500
        )
        report.done.listeners++
      }),
      regularly(500, 5, async random => {
        const { id } = callees.find(({ name }) => name === 'waits') as Callee
        await visit(
          `POST /fn/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: ${random() < 0.5 ? 0 : 9}\r\n\r\n`,
          random() * 60
        )
        report.done.hangups++
      })
    ]

    /** Connects, sends the text and is gone after a while. */
    async function visit(text: string, ms: number): Promise<void> {
      const socket = connect(Number(new URL(server.base).port), '127.0.0.1')
      socket.on('error', () => {}).on('data', () => {})
      socket.write(text)
      await rest(ms)
      socket.destroy()
    }

    return {
      report,
      async stop() {
        ending.abort()
        await Promise.all([...callers, ...around])
        return report
      }
    }
  }

  return { callees, start, close: () => client.close() }
}
