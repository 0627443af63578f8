import t from 'tap'
import type { Page } from 'playwright-core'
import { readSources } from '../public/sources.js'
import { en } from '../../public/i18n/en.js'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, visit } from './browser.js'

/** What a template cannot do before its reader has set something; its answer says so. */
const toBeSet: Readonly<Record<string, RegExp>> = {
  ai: /OPENAI_API_KEY under Settings/,
  chat: /CHAT_WEBHOOK under Settings/,
  deliver: /TARGET_URL under Settings/,
  email: /RESEND_API_KEY under Settings/
}

async function create(page: Page, base: string, id: keyof typeof en.templates): Promise<string> {
  await page.goto(`${base}/new`)
  const name = en.templates[id]
  await page.getByRole('radio', { name: new RegExp(`^${name}`) }).click()
  await page.getByRole('button', { name: 'Create function' }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
  await page.waitForURL('**/code')
  return /functions\/([^/]+)/.exec(page.url())![1]!
}

t.test(
  'every template answers the call that Test begins with, or says what is to be set and where',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t)
    for (const { file } of await readSources('public/templates', '.lua')) {
      const id = /(\w+)\.lua$/.exec(file)![1]! as keyof typeof en.templates
      const fn = await create(page, server.base, id)
      await page.goto(`${server.base}/functions/${fn}/test`)
      await page.getByRole('button', { name: /Send/ }).click()
      const answer = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'Response' }) })
      const badge = answer.locator('.card-head .badge')
      await badge.waitFor()
      const words = toBeSet[id]
      if (words === undefined) t.match(await badge.innerText(), /^2/, id)
      else {
        await eventually(t, () => answer.locator('pre').first().innerText(), words, id)
        await page.getByText(/Set (it|them) in Settings, under Environment variables/).waitFor()
      }
    }
    // The browser notes the 503 of those that are not set up yet.
    t.same(
      faults.filter(fault => !fault.includes('503')),
      []
    )
  }
)

t.test(
  'a scheduled job has its schedule, and a webhook its secret, from the start',
  needsBrowser,
  async t => {
    const { page, server, api, faults } = await visit(t)
    const job = await create(page, server.base, 'scheduled')
    t.match(await api(`/api/functions/${job}`), {
      cron_schedule: '0 * * * *',
      cron_status: 'active'
    })
    const hook = await create(page, server.base, 'webhook')
    t.match(await api(`/api/functions/${hook}`), { env_vars: { WEBHOOK_SECRET: /^[0-9a-f]{48}$/ } })
    await page.goto(`${server.base}/new`)
    await page.getByRole('radio', { name: /^E-mail/ }).click()
    await page.getByText('Set RESEND_API_KEY and MAIL_FROM under Settings').waitFor()
    t.same(faults, [])
  }
)
