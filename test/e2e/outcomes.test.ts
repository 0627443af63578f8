import t from 'tap'
import { needsBrowser, visit } from './browser.js'

const code = `function handler(ctx, event)
  if event.relativePath == "/missing" then return { statusCode = 404, body = "no such thing" } end
  if event.relativePath == "/broken" then error("went wrong") end
  return { statusCode = 200, body = "fine" }
end
`

t.test(
  'an answer of 404 is told apart from a run that failed, with the request that each was',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Outcomes', code)
    await fetch(`${server.base}/fn/${id}/broken`)
    await fetch(`${server.base}/fn/${id}`, { method: 'POST' })
    await page.goto(`${server.base}/functions/${id}/executions`)
    const row = (text: string) => page.locator('tbody tr').filter({ hasText: text })
    await page.getByText('Live: new executions').waitFor()
    await fetch(`${server.base}/fn/${id}/missing`, { method: 'DELETE' })
    await row('DELETE /missing').waitFor()
    t.match(
      await row('DELETE /missing').locator('td').first().innerText(),
      /^404$/,
      'as it comes in live'
    )
    t.match(await row('GET /broken').innerText(), /^Error[\s\S]*went wrong/)
    t.match(await row('POST /').innerText(), /^200/)
    t.equal(await row('DELETE /missing').locator('.dot.is-danger').count(), 0)

    await row('DELETE /missing').getByRole('link').click()
    await page.getByText('404, answered by the function').waitFor()
    await page.getByText(`DELETE /fn/${id}/missing`, { exact: true }).waitFor()
    t.equal(
      await page.getByRole('heading', { name: 'Error' }).count(),
      0,
      'it is not shown as failed'
    )

    await page.goto(server.base)
    const last = page.locator('tbody tr').filter({ hasText: 'Outcomes' })
    await last.getByText('404', { exact: true }).waitFor()
    t.same(faults, [])
  }
)
