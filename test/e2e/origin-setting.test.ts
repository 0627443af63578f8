import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, said, visit } from './browser.js'

const page =
  'function handler() return { statusCode = 200, headers = { ["Content-Type"] = "text/html" }, body = "<link rel=icon href=data:,><p id=origin></p><script>document.getElementById(\'origin\').textContent = self.origin</script>" } end'

t.test(
  'a function’s page has the dashboard’s origin only after the switch says so',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { server, faults, createFunction } = all
    const id = await createFunction('Card', page)
    const originOfPage = async () => {
      await all.page.goto(`${server.base}/fn/${id}`)
      return await all.page.locator('#origin').innerText()
    }
    await eventually(t, originOfPage, 'null')

    await all.page.goto(`${server.base}/functions/${id}/settings`)
    const card = all.page.getByRole('form', { name: 'Pages in the browser' })
    await card.getByText('Leave it off unless you trust every line').waitFor()
    await eventually(t, () => card.getByRole('button', { name: 'Save' }).isDisabled(), true)
    await card.getByRole('switch').check()
    await card.getByRole('button', { name: 'Save' }).click()
    await said(t, all.page, 'Changes saved')
    await eventually(t, originOfPage, server.base)

    await all.page.goto(`${server.base}/functions/${id}/settings`)
    await eventually(t, () => card.getByRole('switch').isChecked(), true)
    t.same(faults, [])
  }
)
