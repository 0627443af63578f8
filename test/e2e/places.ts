/** Every page of the dashboard with something on it, for tests that hold for all pages. */
import type { Page } from 'playwright-core'
import { type Visit } from './browser.js'

export interface Place {
  readonly name: string
  readonly path: string
  readonly ready: (page: Page) => Promise<unknown>
}

const code =
  'function handler(ctx, event)\n  log.info("started")\n  if event.query.fail then error("this went wrong") end\n  kv.set("visits", 42)\n  kv.set("user:1", json.encode({ name = "Ada" }))\n  return { statusCode = 200, body = "fine" }\nend\n'

/** Fills the server, and gives the pages to look at. */
export async function preparePlaces({
  page,
  server,
  api,
  createFunction
}: Visit): Promise<Place[]> {
  const id = await createFunction('Order intake', code)
  await createFunction('Nightly report', `local shop = require("shop")\n${code}`)
  const module = await api<{ id: string }>('/api/modules', {
    method: 'POST',
    body: {
      name: 'shop',
      description: 'Prices and taxes',
      code: '--- With tax.\n---@param net number\nlocal function gross(net) return net end\nreturn { gross = gross, other = require("gone") }\n'
    }
  })
  await api(`/api/functions/${id}`, {
    method: 'PUT',
    body: {
      code: `${code}-- second\n`,
      description: 'Takes orders',
      cron_schedule: '*/5 * * * *',
      cron_status: 'active',
      save_response: true
    }
  })
  await api(`/api/functions/${id}/env`, {
    method: 'PUT',
    body: { env_vars: { TOKEN: 'secret', REGION: 'sa-east-1' } }
  })
  await api('/api/env', {
    method: 'PUT',
    body: { env_vars: { REGION: 'eu-central-1', SMTP_HOST: 'mail.example.org' } }
  })
  await api(`/api/functions/${id}`, {
    method: 'PUT',
    body: {
      slug: 'orders',
      routes: [{ pattern: '/shop/:item', methods: ['GET', 'POST'], host: 'shop.example.org' }],
      cors: { origins: ['https://shop.example.org'] }
    }
  })
  const target = { kind: 'webhook', url: 'https://hooks.slack.com/x', format: 'slack' }
  await api('/api/alerts', { method: 'POST', body: { name: 'Intake', on: 'failure', target } })
  await api('/api/tokens', {
    method: 'POST',
    body: {
      name: 'deploy from CI',
      scopes: ['functions:read', 'run'],
      functions: [id],
      expires_at: Math.floor(Date.now() / 1000) + 5
    }
  })
  await api(`/api/functions/${id}/keys`, { method: 'POST', body: { name: 'shop' } })
  await fetch(`${server.base}/fn/${id}/orders?n=1`)
  const failed = (await fetch(`${server.base}/fn/${id}?fail=1`)).headers.get('x-execution-id') ?? ''
  const background = await fetch(`${server.base}/fn/${id}?fail=1`, {
    method: 'POST',
    headers: { prefer: 'respond-async' },
    body: '{"order":1042}'
  })
  const { job_id: job } = (await background.json()) as { job_id: string }
  await haveServers(page)
  const of = (tab: string) => `/functions/${id}/${tab}`
  const row = (page: Page) => page.locator('tbody tr').first().waitFor()
  return [
    { name: 'functions', path: '/', ready: row },
    { name: 'new', path: '/new', ready: page => page.getByRole('radio').nth(7).waitFor() },
    { name: 'code', path: of('code'), ready: page => page.locator('.view-line').nth(3).waitFor() },
    {
      name: 'test',
      path: of('test'),
      ready: async page => {
        await page.locator('main form button[type=submit]').click()
        await page.locator('section .log li').first().waitFor()
      }
    },
    { name: 'executions', path: of('executions'), ready: row },
    {
      name: 'execution',
      path: of(`executions/${failed}`),
      ready: page => page.locator('.code-line.is-failing').waitFor()
    },
    {
      name: 'versions',
      path: of('versions'),
      ready: async page => {
        await page.locator('tbody tr').first().getByRole('button', { name: /^Com/ }).click()
        await page.locator('.monaco-diff-editor .view-line').first().waitFor()
      }
    },
    { name: 'data', path: of('data'), ready: row },
    {
      name: 'settings',
      path: of('settings'),
      ready: async page => {
        await page.locator('ol .list-item').nth(4).waitFor()
        await page.locator('#retry-title').waitFor()
        await page.locator('#inherited-title').waitFor()
      }
    },
    {
      name: 'access',
      path: of('access'),
      ready: async page => {
        await page.locator('#keys-title').locator('visible=true').waitFor()
        for (const summary of await page.locator('details > summary').all()) await summary.click()
        await page.locator('#limit-kv_bytes').waitFor()
      }
    },
    { name: 'modules', path: '/modules', ready: row },
    {
      name: 'module',
      path: `/modules/${module.id}/code`,
      ready: async page => {
        await page.locator('.view-line').nth(3).waitFor()
        await page.locator('#draft-target').waitFor()
      }
    },
    {
      name: 'versions of a module',
      path: `/modules/${module.id}/versions`,
      ready: row
    },
    {
      name: 'uses of a module',
      path: `/modules/${module.id}/uses`,
      ready: page => page.locator('li.list-item').nth(1).waitFor()
    },
    {
      name: 'settings of a module',
      path: `/modules/${module.id}/settings`,
      ready: page => page.locator('#module-name').waitFor()
    },
    {
      name: 'shared data',
      path: '/data',
      ready: page => page.locator('.blank h2:visible').waitFor()
    },
    { name: 'jobs', path: '/jobs', ready: row },
    {
      name: 'job',
      path: `/jobs/${job}`,
      ready: page => page.locator('ol .list-item').first().waitFor()
    },
    {
      name: 'alerts',
      path: '/alerts',
      ready: async page => {
        await page.locator('li.list-item').first().waitFor()
        await page.getByRole('button', { name: /^(Edit|Editar) “/ }).click()
        await page.getByRole('dialog').waitFor()
      }
    },
    { name: 'servers', path: '/nodes', ready: row },
    {
      name: 'guide',
      path: '/guide',
      ready: page => page.locator('article.prose h2').first().waitFor()
    },
    {
      name: 'guide, a search',
      path: '/guide/lua',
      ready: async page => {
        await page.locator('article.prose h2').first().waitFor()
        await page.getByRole('searchbox').fill('kv.increment')
        await page.locator('.guide li').first().waitFor()
      }
    },
    {
      name: 'tokens',
      path: '/account/tokens',
      ready: page => page.locator('li.list-item').first().waitFor()
    },
    {
      name: 'shared variables',
      path: '/account/variables',
      ready: page => page.locator('.pair').nth(1).waitFor()
    },
    {
      name: 'audit',
      path: '/account/audit',
      ready: page => page.locator('li.list-item').nth(3).waitFor()
    },
    {
      name: 'account',
      path: '/account',
      ready: page => page.locator('li.list-item').first().waitFor()
    }
  ]
}

/** As if the server were one of two on a PostgreSQL database, of which the other is gone. */
async function haveServers(page: Page): Promise<void> {
  await page.route('**/api/nodes', async route => {
    const response = await route.fetch()
    const { nodes } = (await response.json()) as { nodes: object[] }
    const lag = { changes_behind: 2, clock_ahead_ms: 3, calls_per_second: 1234.5 }
    const rows = nodes.flatMap(node => [
      { ...node, ...lag, event_loop_delay_ms: 30 },
      { ...node, id: 2, this: false, leads: false, status: 'gone', seen_ms_ago: 3_600_000 }
    ])
    await route.fulfill({ response, json: { database: 'postgresql', nodes: rows } })
  })
}
