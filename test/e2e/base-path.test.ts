/** The dashboard below a path, behind nginx as config/nginx.conf has it: nothing of it leads out of the path. */
import t, { type Test } from 'tap'
import { nginx } from '../helpers/proxy.js'
import { eventually } from '../helpers/eventually.js'
import { editorOf, needsBrowser, replaceCode, said, visit, type Visit } from './browser.js'

const needs =
  nginx.program === undefined ? { skip: 'there is no nginx', ...needsBrowser } : needsBrowser
if (nginx.program === undefined) {
  console.error('# There is no nginx: the dashboard below a path is not tested. Install it.')
}

const CODE = `function handler(ctx, event)
  log.info("called at " .. event.path)
  return { headers = { ["Content-Type"] = "text/html" }, body = "<h1>All is well</h1>" }
end
`

interface Below extends Visit {
  /** Where functions answer without the proxy. */
  readonly own: string
  /** Addresses of all requests of the page. */
  readonly asked: readonly string[]
}

async function visitBelow(t: Test): Promise<Below> {
  let direct = ''
  const visited = await visit(t, {
    signedIn: false,
    ignoreHTTPSErrors: true,
    settings: {
      BASE_PATH: '/moonlet',
      TRUST_PROXY: '127.0.0.1',
      PLUGINS: './test/fixtures/plugins/paged/index.mjs'
    },
    async through(own) {
      direct = own
      const moonlet = Number(new URL(own).port)
      const { https } = await nginx.start(t, {
        moonlet,
        names: { 'www.example.org': '127.0.0.1' }
      })
      return `https://127.0.0.1:${https}/moonlet`
    }
  })
  const asked: string[] = []
  visited.page.context().on('request', request => {
    if (request.url().startsWith('http')) asked.push(request.url())
  })
  return { ...visited, own: direct, asked }
}

t.test('the dashboard works below a path, behind nginx, and never leaves it', needs, async t => {
  const { page, server, own, asked, faults } = await visitBelow(t)
  const at = (path: string) => page.waitForURL(`${server.base}${path}`)

  // A deep address asks who comes, and is shown afterwards.
  await page.goto(`${server.base}/account/tokens?x=1`)
  await at('/login?next=%2Faccount%2Ftokens%3Fx%3D1')
  await page.getByLabel('API key').fill(server.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await at('/account/tokens?x=1')
  const [cookie] = await page.context().cookies()
  t.match(cookie, { name: 'auth_token', path: '/moonlet', secure: true, httpOnly: true })

  await page.getByRole('link', { name: 'New function' }).first().click()
  await at('/new')
  await page.getByRole('radio', { name: /HTTP endpoint/ }).click()
  await page.getByLabel('Name').fill('Below')
  await page.getByRole('button', { name: 'Create function' }).click()
  await page.getByRole('heading', { name: 'Below', level: 1 }).waitFor()
  await replaceCode(page, CODE)
  await (await editorOf(page)).press('Control+s')
  await said(t, page, 'Saved as version 2')

  // Called from the page, whose preview is a page of its own.
  await page.getByRole('link', { name: 'Test', exact: true }).click()
  await page.getByRole('button', { name: /Send/ }).click()
  await page.frameLocator('.page-preview').getByText('All is well').waitFor()
  const id = /functions\/([^/]+)/.exec(page.url())?.[1] ?? ''
  await page.getByText(`called at /fn/${id}`, { exact: true }).waitFor()
  const curl = page.getByRole('group', { name: 'Call it from elsewhere' }).last()
  await eventually(
    t,
    async () => (await curl.innerText()).includes(`${server.base}/fn/${id}`),
    true
  )

  // Live, and again after a reload of a deep page.
  await page.getByRole('link', { name: 'Executions', exact: true }).click()
  await page.getByText('Live: new executions').waitFor()
  const rows = page.locator('tbody tr')
  await eventually(t, () => rows.count(), 1)
  t.equal((await fetch(`${own}/fn/${id}/from-outside`)).status, 200)
  await eventually(t, () => rows.count(), 2)
  await rows.first().getByRole('link').click()
  await page.getByText(`called at /fn/${id}/from-outside`, { exact: true }).waitFor()
  const address = page.url()
  await page.reload()
  await page.getByText(`called at /fn/${id}/from-outside`, { exact: true }).waitFor()
  t.equal(page.url(), address)
  await page.goBack()
  await at(`/functions/${id}/executions`)

  await guideLeadsOn(t, page, at)

  // A page of a plugin, which the dashboard shows in itself; its inline script is refused, as the console says.
  await page.getByRole('link', { name: 'Numbers' }).click()
  await at('/pages/paged')
  await page.frameLocator('iframe').getByText('1 2 3').waitFor()
  t.ok(asked.includes(`${server.base}/plugins/look.css`))

  // Signing out leads to the page where one signs in.
  await page.getByRole('button', { name: 'Sign out' }).first().click()
  await at('/login?reason=left')
  t.same(await page.context().cookies(), [])

  t.ok(asked.length > 30)
  t.same(
    asked.filter(url => url !== server.base && !url.startsWith(`${server.base}/`)),
    []
  )
  t.ok(asked.some(url => url.includes('/api/events')))
  t.same(
    faults.filter(fault => !/401|inline script/.test(fault)),
    []
  )
})

/** Links in texts, to what the server makes, and to other pages; all of them below the path. */
async function guideLeadsOn(
  t: Test,
  page: Visit['page'],
  at: (path: string) => Promise<void>
): Promise<void> {
  await page.getByRole('link', { name: 'Guide', exact: true }).click()
  await at('/guide')
  await page.locator('article a[href*="/guide/"], main a[href*="/guide/"]').first().waitFor()
  const hrefs = () =>
    page.evaluate(() =>
      Array.from(document.querySelectorAll('a[href]'), link => link.getAttribute('href') ?? '')
    )
  await eventually(
    t,
    async () => (await hrefs()).filter(href => /^\/(?!moonlet(\/|$))/.test(href)),
    []
  )
  t.ok((await hrefs()).includes('/moonlet/llms.txt'))
  await page.locator('main nav a[href="/moonlet/guide/http"]').click()
  await at('/guide/http')
}
