import t from 'tap'
import { needsBrowser, visit } from './browser.js'

t.setTimeout(240_000)

const page = 'function handler() return { statusCode = 200, headers = { ["Content-Type"] = "text/html" }, body = "<link rel=icon href=data:,><p id=origin></p><script>document.getElementById(\'origin\').textContent = self.origin</script>" } end'

t.test('a function’s page has the dashboard’s origin only after the switch says so', needsBrowser, async t => {
  const all = await visit(t)
  const { server, faults, createFunction } = all
  const id = await createFunction('Card', page)
  const originOfPage = async () => {
    await all.page.goto(`${server.base}/fn/${id}`)
    return await all.page.locator('#origin').innerText()
  }
  t.equal(await originOfPage(), 'null')

  await all.page.goto(`${server.base}/functions/${id}/settings`)
  const card = all.page.getByRole('form', { name: 'Pages in the browser' })
  await card.getByText('Leave it off unless you trust every line').waitFor()
  t.equal(await card.getByRole('button', { name: 'Save' }).isDisabled(), true)
  await card.getByRole('switch').check()
  await card.getByRole('button', { name: 'Save' }).click()
  await all.page.getByText('Changes saved').waitFor()
  t.equal(await originOfPage(), server.base)

  await all.page.goto(`${server.base}/functions/${id}/settings`)
  t.equal(await card.getByRole('switch').isChecked(), true)
  t.same(faults, [])
})
