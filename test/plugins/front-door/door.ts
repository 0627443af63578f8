/** A server with a socket, and a function behind a front door, for the tests of this folder. */
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { CallNotice } from '../../../core/contracts/invoker.js'
import { buildApi, type Api } from '../../helpers/api.js'

/** Tells what it was given, and counts its runs in its store. */
export const ECHO = `function handler(ctx, event)
  kv.increment("runs")
  return {
    statusCode = tonumber(event.query.status) or 200,
    body = json.encode({ caller = ctx.caller, trigger = ctx.trigger, headers = event.headers, headersAll = event.headersAll, body = event.body })
  }
end
`

export interface World extends Api {
  readonly base: string
  /** What became of every call that reached the invoker. */
  readonly notices: readonly CallNotice[]
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
  /** Asserts that `work` has neither used a sandbox nor made a record of the function. */
  readonly untouched: (id: string, work: () => Promise<void>) => Promise<void>
  readonly runs: (id: string) => Promise<number>
}

export async function open(t: Test, settings: Record<string, string> = {}): Promise<World> {
  const api = await buildApi(t, { HTTP_ALLOW_PRIVATE: 'true', ...settings })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`
  const notices: CallNotice[] = []
  api.app.invoker.onCall(notice => notices.push(notice))
  const runs = async (id: string): Promise<number> =>
    (await api.call('GET', `/api/functions/${id}/executions`)).json.pagination.total
  return {
    ...api,
    base,
    notices,
    runs,
    fetch: (path, init) => fetch(base + path, init),
    async untouched(id, work) {
      const before = [notices.length, await runs(id)]
      await work()
      t.same([notices.length, await runs(id)], before, 'no sandbox was used, no record was made')
    }
  }
}
