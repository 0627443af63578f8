import t from 'tap'
import { startGate } from '../helpers/gate.js'
import { needsBrowser, visit } from './browser.js'

t.test('a streamed response is shown as it comes, and can be stopped', needsBrowser, async t => {
  const gate = await startGate(t)
  const brokenGate = await startGate(t)
  const { page, server, faults, createFunction } = await visit(t, {
    settings: { HTTP_ALLOW_PRIVATE: 'true' }
  })
  const id = await createFunction(
    'Streams',
    `function handler(ctx, event)
  return { body = function(write)
    write("first line\\n")
    if event.query.broken then
      http.get("http://127.0.0.1:${brokenGate.port}/")
      error("in the middle")
    end
    if event.query.endless then repeat time.sleep(20) until not write("more\\n") return end
    http.get("http://127.0.0.1:${gate.port}/")
    write("last line\\n")
  end }
end`
  )
  await page.goto(`${server.base}/functions/${id}/test`)
  const send = page.getByRole('button', { name: 'Send' })
  const stop = page.getByRole('button', { name: 'Stop' })
  const shown = page.locator('section[aria-labelledby="response-title"] pre').first()
  await send.click()
  await page.getByText('Receiving…').waitFor()
  await shown.filter({ hasText: 'first line' }).waitFor()
  t.notMatch(await shown.innerText(), /last line/)
  t.ok(await stop.isVisible())
  gate.open()
  await shown.filter({ hasText: 'last line' }).waitFor()
  await stop.waitFor({ state: 'hidden' })

  const path = page.getByLabel('Path', { exact: true })
  await path.fill('/?endless=1')
  await send.click()
  await shown.filter({ hasText: 'more' }).waitFor()
  await stop.click()
  await stop.waitFor({ state: 'hidden' })
  t.match(await shown.innerText(), /first line\nmore/, 'what has come stays')
  t.equal(await page.getByRole('alert').filter({ visible: true }).count(), 0)

  await path.fill('/?broken=1')
  await send.click()
  // What a browser has not read when a response breaks off, it drops.
  await shown.filter({ hasText: 'first line' }).waitFor()
  brokenGate.open()
  await page.getByText('The response broke off before its end.').waitFor()
  t.match(await shown.innerText(), /first line/)
  await page.getByRole('link', { name: 'See the execution' }).click()
  await page.getByText(/^11 bytes?, first byte after|^11 B, first byte after/).waitFor()
  await page.getByText('in the middle').first().waitFor()
  t.same(
    faults.filter(fault => !/ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_ABORTED/.test(String(fault))),
    []
  )
})
