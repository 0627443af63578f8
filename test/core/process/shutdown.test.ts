import t, { type Test } from 'tap'
import { temporaryFolder } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { startServer } from '../../helpers/server.js'

/** A server with a run going on that takes `ms`. */
async function busyServer(t: Test, ms: number) {
  const DATA_DIR = await temporaryFolder(t)
  const server = await startServer(t, { DATA_DIR })
  const headers = { authorization: `Bearer ${server.key}` }
  const code = `function handler() log.info("begun") kv.set("begun", "yes") time.sleep(${ms}) kv.set("ended", "yes") return { statusCode = 200, body = "done" } end`
  const { id } = (await (
    await fetch(`${server.base}/api/functions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'slow', code })
    })
  ).json()) as { id: string }
  const answer = fetch(`${server.base}/fn/${id}`).then(
    async response => [response.status, await response.text()],
    () => 'broken off'
  )
  while ((await fetch(`${server.base}/api/functions/${id}/kv/begun`, { headers })).status !== 200);
  return { server, DATA_DIR, id, headers, answer }
}

t.test('SIGTERM lets what runs end, writes it, and exits with 0', async t => {
  const { server, DATA_DIR, id, headers, answer } = await busyServer(t, 1500)
  t.equal(await server.stop('SIGTERM'), 0)
  t.same(await answer, [200, 'done'], 'the caller has the answer')
  const again = await startServer(t, { DATA_DIR })
  const { executions } = (await (
    await fetch(`${again.base}/api/functions/${id}/executions`, { headers })
  ).json()) as { executions: Array<{ status: string }> }
  t.match(executions, [{ status: 'success' }], 'and the history has the run')
})

t.test('a second signal ends the server at once', async t => {
  const { server, DATA_DIR, id, headers, answer } = await busyServer(t, 60_000)
  const ended = server.stop('SIGTERM')
  await eventually(
    t,
    async () => (await fetch(`${server.base}/healthz`)).status,
    503,
    'it is stopping'
  )
  server.process.kill('SIGTERM')
  t.equal(await ended, 130)
  t.equal(await answer, 'broken off')
  const again = await startServer(t, { DATA_DIR })
  const { executions } = (await (
    await fetch(`${again.base}/api/functions/${id}/executions`, { headers })
  ).json()) as { executions: Array<{ status: string; error_message: string }> }
  t.match(executions, [{ status: 'error' }], 'and the next start closes the record')
})
