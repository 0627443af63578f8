/** A server with a socket, and what tests of jobs ask of it. */
import type { Test } from 'tap'
import { eventually } from '../../helpers/eventually.js'
import { open, type World } from '../front-door/door.js'

/** Answers with the status that the path names, and counts its runs. */
export const STATUS = `function handler(ctx, event)
  kv.increment("runs")
  local status = event.relativePath:match("^/(%d+)$")
  return { statusCode = tonumber(status) or 200, body = ctx.trigger, headers = { ["Retry-After"] = event.query.after } }
end
`
/** Fails until it has run as often as the query says. */
export const NTH = `function handler(ctx, event)
  local n = kv.increment("runs")
  if n < tonumber(event.query.nth) then error("not yet: " .. n) end
  return { body = "done" }
end
`

export const async_ = { Prefer: 'respond-async' }
export const atOnce = { first_delay_seconds: 0, jitter: 0 }

export interface JobWorld extends World {
  /** Makes a background call; gives the id of its job. */
  readonly enqueue: (path: string, init?: RequestInit) => Promise<string>
  /** The job as the API has it. */
  readonly job: (id: string) => Promise<any> // eslint-disable-line @typescript-eslint/no-explicit-any -- what is there
  /** Asserts that the job comes to have that status; gives it. */
  readonly ends: (t: Test, id: string, status: string) => ReturnType<JobWorld['job']>
}

export async function openJobs(t: Test, settings: Record<string, string> = {}): Promise<JobWorld> {
  const world = await open(t, settings)
  const job = async (id: string) => (await world.call('GET', `/api/jobs/${id}`)).json
  return {
    ...world,
    job,
    async enqueue(path, init = {}) {
      const answer = await world.fetch(path, {
        method: 'POST',
        ...init,
        headers: { ...async_, ...init.headers }
      })
      const text = await answer.text()
      if (answer.status !== 202) throw new Error(`${path} gave ${answer.status} ${text}`)
      return (JSON.parse(text) as { job_id: string }).job_id
    },
    async ends(t, id, status) {
      await eventually(t, async () => (await job(id)).status as string, status, `job is ${status}`)
      return await job(id)
    }
  }
}
