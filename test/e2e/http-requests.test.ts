import t from 'tap'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, visit } from './browser.js'

const calling = (url: string) => `function handler(ctx, event)
  http.post("${url}/orders?page=2&api_key=hunter2hunter2", { body = "four" })
  http.get("${url}/" .. env.get("PLACE"))
  http.get("http://127.0.0.1:1/refused")
  return { statusCode = 200, body = "done" }
end
`

t.test(
  'an execution shows the requests that it made, masked, also those that failed',
  needsBrowser,
  async t => {
    const other = createServer((request, response) => {
      response.writeHead(request.method === 'POST' ? 201 : 404).end('x'.repeat(2048))
    })
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.teardown(() => {
      other.close()
      other.closeAllConnections()
    })
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`

    const { page, server, faults, api, createFunction } = await visit(t, {
      settings: { HTTP_ALLOW_PRIVATE: 'true' }
    })
    const id = await createFunction('Caller', calling(url))
    await api(`/api/functions/${id}/env`, {
      method: 'PUT',
      body: { env_vars: { PLACE: 'a-secret-place' } }
    })
    const execution = (await fetch(`${server.base}/fn/${id}`)).headers.get('x-execution-id')
    await page.goto(`${server.base}/functions/${id}/executions/${execution}`)

    const table = page.getByRole('region', { name: 'HTTP requests' })
    await eventually(t, () => table.locator('tbody tr').count(), 3)
    const rows = await table.locator('tbody tr').allInnerTexts()
    t.match(
      rows[0],
      /^201[\s\S]*POST http:\S+\/orders\?page=2&api_key=\[REDACTED\][\s\S]*ms[\s\S]*4 B[\s\S]*2 KB/
    )
    t.match(rows[1], /^404[\s\S]*GET http:\S+\/\[REDACTED\]/)
    t.match(rows[2], /^Error[\s\S]*GET http:\/\/127\.0\.0\.1:1\/refused[\s\S]*127\.0\.0\.1/)
    t.notMatch(rows.join(), /hunter2|secret-place/)
    t.same(faults, [])
  }
)

t.test('more requests than are kept are told by their number', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction(
    'Many',
    'function handler() for i = 1, 103 do http.get("none:") end return { body = "" } end'
  )
  const execution = (await fetch(`${server.base}/fn/${id}`)).headers.get('x-execution-id')
  await page.goto(`${server.base}/functions/${id}/executions/${execution}`)
  await page.getByText('3 more are not kept').waitFor()
  t.equal(
    await page.getByRole('region', { name: 'HTTP requests' }).locator('tbody tr').count(),
    100
  )
})
