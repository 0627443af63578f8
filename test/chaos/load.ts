/** Load that remembers every answer it got: what the server acknowledged must be true for ever. */
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from './client.js'

/** Counts and logs; fails on demand. The answer is the count that it wrote. */
export const COUNTER = `
function handler(ctx, event)
  local n = kv.increment("n", 1)
  kv.set("k" .. n, event.body)
  log.info("run " .. n)
  if event.query.fail then error("as asked") end
  return { statusCode = 200, body = tostring(n) }
end`

export interface Acknowledged {
  readonly executionId: string
  readonly status: number
  readonly count: number | undefined
}

export interface LoadReport {
  /** Answers of a function, or that its run failed. */
  readonly acknowledged: Acknowledged[]
  sent: number
  /** Answers of the server itself, by status: nothing ran, or it could not be recorded. */
  readonly refused: Map<number, number>
  /** Calls that got no whole answer. */
  broken: number
}

export interface Load {
  readonly report: LoadReport
  /** Ends it after the calls under way; gives what came of all. */
  stop(): Promise<LoadReport>
}

const tellsOutcome = (status: number, body: string): boolean =>
  status === 200 || body.includes('Function execution failed')

/** Calls the counter function over so many connections until stopped; `base` may change while the server restarts. */
export function startLoad(base: () => string, functionId: string, connections: number): Load {
  const report: LoadReport = { acknowledged: [], sent: 0, refused: new Map(), broken: 0 }
  const client = createClient(connections)
  const state = { goesOn: true }
  const workers = Array.from({ length: connections }, async (_, worker) => {
    for (let i = 0; state.goesOn; i++) {
      report.sent++
      try {
        const { status, executionId, body } = await client.call(
          `${base()}/fn/${functionId}${i % 10 === 9 ? '?fail=1' : ''}`,
          'POST',
          `${worker} ${i}`
        )
        if (executionId === undefined || !tellsOutcome(status, body)) {
          report.refused.set(status, (report.refused.get(status) ?? 0) + 1)
          await pause(20)
        } else {
          report.acknowledged.push({
            executionId,
            status,
            count: status === 200 ? Number(body) : undefined
          })
        }
      } catch {
        report.broken++
        await pause(20)
      }
    }
  })
  return {
    report,
    async stop() {
      state.goesOn = false
      await Promise.all(workers)
      await client.close()
      return report
    }
  }
}
