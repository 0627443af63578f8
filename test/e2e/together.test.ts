/**
 * Two browsers change the same function in every pair of ways, the second on a page that it opened before the first
 * saved.
 */
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import {
  editorOf,
  needsBrowser,
  replaceCode,
  said,
  visit,
  visitAlso,
  type Visit
} from './browser.js'

const codeOf = (mark: string) =>
  `function handler(ctx, event)\n  return { statusCode = 200, body = "${mark}" }\nend\n`

interface State {
  name: string
  description?: string
  env_vars: Record<string, string>
  cron_schedule?: string
  active_version: { version: number; code: string }
}

interface Way {
  readonly tab: string
  /** Types the change; nothing is saved yet. */
  readonly prepare: (page: Page, who: Who) => Promise<unknown>
  readonly save: (page: Page, who: Who) => Promise<unknown>
  /** Says that the page is to save on top of what is there now. */
  readonly insist: (page: Page) => Promise<unknown>
  readonly isThere: (state: State, who: Who, data: string) => boolean
}
type Who = 'first' | 'second'

const form = (page: Page, heading: string) =>
  page
    .locator('form.card')
    .filter({ has: page.getByRole('heading', { name: heading, exact: true }) })
const saveForm = (heading: string) => (page: Page) =>
  form(page, heading).getByRole('button', { name: 'Save', exact: true }).click()
async function keepMine(page: Page) {
  const dialog = page.getByRole('dialog', { name: 'It has been changed meanwhile' })
  for (const option of await dialog.getByRole('radio', { name: 'Yours' }).all()) {
    await option.check()
  }
  await dialog.getByRole('button', { name: 'Save the choice' }).click()
}
const valueOf = (variables: Locator, name: string) =>
  variables.getByRole('group', { name }).locator('textarea')
const schedules = { first: '1 1 1 1 *', second: '2 2 2 2 *' } as const
const versionToActivate = { first: 1, second: 2 } as const

const ways: Readonly<Record<string, Way>> = {
  code: {
    tab: 'code',
    prepare: (page, who) => replaceCode(page, codeOf(who)),
    save: page => page.getByRole('button', { name: 'Save', exact: true }).click(),
    insist: page => page.getByRole('dialog').getByRole('button', { name: 'Save mine' }).click(),
    isThere: ({ active_version: active }, who) => active.code.includes(`body = "${who}"`)
  },
  settings: {
    tab: 'settings',
    prepare: (page, who) =>
      page
        .locator(who === 'first' ? '#setting-name' : '#setting-description')
        .fill(`by the ${who}`),
    save: saveForm('General'),
    insist: keepMine,
    isThere: (state, who) => (who === 'first' ? state.name : state.description) === `by the ${who}`
  },
  variables: {
    tab: 'settings',
    async prepare(page, who) {
      const variables = form(page, 'Environment variables')
      await variables.getByRole('button', { name: 'Add a variable' }).click()
      const added = variables.locator('.pair').last()
      await added.getByLabel('Name').fill(`BY_${who}`)
      await added.getByLabel('Value', { exact: true }).fill(who)
    },
    save: saveForm('Environment variables'),
    insist: keepMine,
    isThere: (state, who) => state.env_vars[`BY_${who}`] === who && state.env_vars['KEPT'] === '1'
  },
  schedule: {
    tab: 'settings',
    async prepare(page, who) {
      await page.getByLabel('Cron expression').fill(schedules[who])
      await page.getByText('The next runs').waitFor()
    },
    save: saveForm('Schedule'),
    insist: keepMine,
    isThere: (state, who) => state.cron_schedule === schedules[who]
  },
  data: {
    tab: 'data',
    async prepare(page, who) {
      await page.getByRole('button', { name: 'entry', exact: true }).click()
      await page.getByRole('dialog').getByLabel('Value').fill(who)
    },
    save: page =>
      page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click(),
    insist: page =>
      page.getByRole('dialog').getByRole('button', { name: 'Replace it with mine' }).click(),
    isThere: (_state, who, data) => data === who
  },
  versions: {
    tab: 'versions',
    prepare: (page, who) =>
      page.getByRole('button', { name: `Activate version ${versionToActivate[who]}` }).waitFor(),
    save: (page, who) =>
      page.getByRole('button', { name: `Activate version ${versionToActivate[who]}` }).click(),
    insist: page =>
      page.getByRole('dialog').getByRole('button', { name: 'Activate', exact: true }).click(),
    isThere: ({ active_version: active }, who) => active.version === versionToActivate[who]
  }
}

/** Pairs that cannot both hold: the second is shown what is there, and decides. */
const clashing = [
  'code code',
  'code versions',
  'versions code',
  'versions versions',
  'schedule schedule',
  'data data'
]

async function prepareFunction({ api, createFunction, server }: Visit): Promise<string> {
  const id = await createFunction('Shared', codeOf('one'))
  for (const mark of ['two', 'three']) {
    await api(`/api/functions/${id}`, { method: 'PUT', body: { code: codeOf(mark) } })
  }
  await api(`/api/functions/${id}/env`, { method: 'PUT', body: { env_vars: { KEPT: '1' } } })
  await fetch(`${server.base}/api/functions/${id}/kv/entry`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${server.key}` },
    body: 'before'
  })
  return id
}

/** As by a link of the page, which takes a fifth of the time of a reload; once the page has seen that it has saved. */
async function follow(page: Page, address: string): Promise<void> {
  for (;;) {
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const isThere = await page.evaluate(async to => {
      const link = document.createElement('a')
      link.href = to
      document.body.append(link)
      link.click()
      link.remove()
      await new Promise(requestAnimationFrame)
      return location.pathname === to
    }, address)
    if (isThere) return
    // Its answer is still on the way, and it asks whether what was typed is to be lost.
    await page.keyboard.press('Escape')
  }
}

async function open(page: Page, base: string, id: string, { tab }: Way): Promise<void> {
  const address = `/functions/${id}/${tab}`
  if (page.url() === 'about:blank') await page.goto(base + address)
  else await follow(page, address)
  if (tab === 'code') await editorOf(page)
  else await page.locator('main form.card, main tbody tr').first().waitFor()
}

for (const [firstName, first] of Object.entries(ways)) {
  t.test(
    `after ${firstName} was changed elsewhere, nothing that a stale page saves takes it back`,
    needsBrowser,
    async t => {
      const all = await visit(t)
      const { page: one, server, faults } = all
      const two = await visitAlso(t, all)
      for (const [secondName, second] of Object.entries(ways)) {
        const pair = `${firstName} ${secondName}`
        const id = await prepareFunction(all)
        await Promise.all([open(one, server.base, id, first), open(two, server.base, id, second)])
        await first.prepare(one, 'first')
        await second.prepare(two, 'second')
        await first.save(one, 'first')
        await holds(t, all, id, [[first, 'first']], `${pair}: the first is saved`)

        await second.save(two, 'second')
        if (clashing.includes(pair)) {
          await two
            .getByRole('dialog')
            .getByText(/meanwhile|changed this entry/)
            .first()
            .waitFor()
          await holds(
            t,
            all,
            id,
            [[first, 'first']],
            `${pair}: nothing is replaced before the second decides`
          )
          await second.insist(two)
          await holds(t, all, id, [[second, 'second']], `${pair}: what the second decided`)
        } else {
          await holds(
            t,
            all,
            id,
            [
              [first, 'first'],
              [second, 'second']
            ],
            `${pair}: both are there`
          )
        }
      }
      t.same(
        faults.filter(fault => !/status of 412/.test(fault)),
        []
      )
    }
  )
}

async function holds(
  t: Test,
  { api, server }: Visit,
  id: string,
  changes: Array<[Way, Who]>,
  words: string
): Promise<void> {
  await eventually(
    t,
    async () => {
      const state = await api<State>(`/api/functions/${id}`)
      const data = await (
        await fetch(`${server.base}/api/functions/${id}/kv/entry`, {
          headers: { authorization: `Bearer ${server.key}` }
        })
      ).text()
      return changes.map(([way, who]) => way.isThere(state, who, data))
    },
    changes.map(() => true),
    words
  )
}

t.test(
  'a variable that both changed is chosen by hand, and the rest is kept',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server, api } = all
    const id = await prepareFunction(all)
    await page.goto(`${server.base}/functions/${id}/settings`)
    const variables = form(page, 'Environment variables')
    await variables.getByRole('button', { name: 'Show values' }).click()
    await valueOf(variables, 'KEPT').fill('mine')
    await api(`/api/functions/${id}/env`, {
      method: 'PUT',
      body: { env_vars: { KEPT: 'theirs', NEW: 'n' } }
    })
    await saveForm('Environment variables')(page)
    const dialog = page.getByRole('dialog', { name: 'It has been changed meanwhile' })
    await dialog.getByText('KEPT').waitFor()
    t.equal(
      await dialog.getByText('theirs', { exact: true }).count(),
      0,
      'values are hidden at first'
    )
    t.equal(
      await dialog.getByRole('button', { name: 'Save the choice' }).isEnabled(),
      false,
      'nothing is chosen for the reader'
    )
    await dialog.getByRole('radio', { name: 'There now' }).check()
    await dialog.getByRole('button', { name: 'Save the choice' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await variables.getByRole('button', { name: 'Show values' }).click()
    await eventually(t, () => valueOf(variables, 'KEPT').inputValue(), 'theirs')
    t.same((await api<State>(`/api/functions/${id}`)).env_vars, { KEPT: 'theirs', NEW: 'n' })

    await api(`/api/functions/${id}/env`, { method: 'PUT', body: { env_vars: { NEW: 'n' } } })
    await valueOf(variables, 'KEPT').fill('again')
    await saveForm('Environment variables')(page)
    await dialog.getByText('KEPT').waitFor()
    await page.keyboard.press('Escape')
    t.equal(await valueOf(variables, 'KEPT').inputValue(), 'again', 'going back loses nothing')
    t.same((await api<State>(`/api/functions/${id}`)).env_vars, { NEW: 'n' })
  }
)

t.test('the code that both changed is merged side by side', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, api } = all
  const id = await prepareFunction(all)
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, codeOf('mine'))
  await api(`/api/functions/${id}`, { method: 'PUT', body: { code: codeOf('theirs') } })
  await page.keyboard.press('Control+s')
  const dialog = page.getByRole('dialog', { name: 'It has been changed meanwhile' })
  await dialog
    .locator('.monaco-diff-editor .view-line')
    .filter({ hasText: 'theirs' })
    .first()
    .waitFor()
  const right = dialog.locator('.modified textarea.inputarea')
  await right.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.insertText('-- both\n')
  await dialog.getByRole('button', { name: 'Save mine' }).click()
  await said(t, page, 'Saved as version 5')
  t.match(
    (await api<State>(`/api/functions/${id}`)).active_version.code,
    /^-- both\n[^]*body = "mine"/
  )

  await replaceCode(page, codeOf('mine again'))
  await api(`/api/functions/${id}`, { method: 'PUT', body: { code: codeOf('theirs again') } })
  await page.keyboard.press('Control+s')
  await dialog.getByRole('button', { name: 'Use what is there now' }).click()
  await page.locator('.workbench .view-line').filter({ hasText: 'theirs again' }).waitFor()
  t.equal((await api<State>(`/api/functions/${id}`)).active_version.version, 6)
})

t.test('code that does not parse goes live only when one says so', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, api } = all
  const id = await prepareFunction(all)
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, 'function handler(')
  await page.keyboard.press('Control+s')
  const dialog = page.getByRole('dialog', { name: 'The code does not parse' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  t.equal((await api<{ versions: unknown[] }>(`/api/functions/${id}/versions`)).versions.length, 3)
  await page.keyboard.press('Control+s')
  await dialog.getByRole('button', { name: 'Save without activating' }).click()
  await said(t, page, 'Saved as version 4, which is not active')
  t.equal((await api<State>(`/api/functions/${id}`)).active_version.version, 3)

  await page.goto(`${server.base}/functions/${id}/versions`)
  await page.getByRole('button', { name: 'Activate version 4' }).click()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  t.equal((await api<State>(`/api/functions/${id}`)).active_version.version, 3)
  await page.getByRole('button', { name: 'Activate version 4' }).click()
  await dialog.getByRole('button', { name: 'Activate anyway' }).click()
  await said(t, page, 'Version 4 is active')
})

t.test('a new entry does not replace one that is there already', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server } = all
  const id = await prepareFunction(all)
  await page.goto(`${server.base}/functions/${id}/data`)
  await page.getByRole('button', { name: 'Add an entry' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Key').fill('entry')
  await dialog.getByLabel('Value').fill('mine')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('There is an entry with this key already').waitFor()
  await dialog.getByRole('button', { name: 'Use this value' }).click()
  t.equal(await dialog.getByLabel('Value').inputValue(), 'before')
  const read = async () =>
    (
      await fetch(`${server.base}/api/functions/${id}/kv/entry`, {
        headers: { authorization: `Bearer ${server.key}` }
      })
    ).text()
  t.equal(await read(), 'before')
})

t.test(
  'an entry that has changed since the list was shown is deleted only when one says so',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server } = all
    const id = await prepareFunction(all)
    const entry = `${server.base}/api/functions/${id}/kv/entry`
    const headers = { authorization: `Bearer ${server.key}` }
    await page.goto(`${server.base}/functions/${id}/data`)
    await page.getByRole('button', { name: 'Delete entry' }).waitFor()
    await fetch(entry, { method: 'PUT', headers, body: 'newer' })
    await page.getByRole('button', { name: 'Delete entry' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByText('newer').waitFor()
    t.equal(await (await fetch(entry, { headers })).text(), 'newer')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete it anyway' }).click()
    await eventually(t, async () => (await fetch(entry, { headers })).status, 404)
  }
)

t.test('variables are brought back from their history', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, api, faults } = all
  const id = await prepareFunction(all)
  await api(`/api/functions/${id}/env`, { method: 'PUT', body: { env_vars: { OTHER: '2' } } })
  await page.goto(`${server.base}/functions/${id}/settings`)
  await page.getByRole('button', { name: 'History' }).click()
  const dialog = page.getByRole('dialog', { name: 'What the variables were before' })
  await dialog.getByText('KEPT removed').waitFor()
  t.equal(await dialog.getByText('1', { exact: true }).count(), 0)
  await dialog
    .getByRole('button', { name: /^Values before/ })
    .first()
    .click()
  await dialog.locator('dd').getByText('1', { exact: true }).waitFor()
  await dialog
    .getByRole('button', { name: /^Restore/ })
    .first()
    .click()
  await said(t, page, 'The variables have been restored')
  t.same((await api<State>(`/api/functions/${id}`)).env_vars, { KEPT: '1' })
  await form(page, 'Environment variables').getByRole('group', { name: 'KEPT' }).waitFor()
  await page.getByRole('button', { name: 'History' }).click()
  await dialog.getByText('OTHER removed').waitFor()
  await dialog.getByRole('button', { name: 'Delete the history' }).click()
  await page
    .getByRole('dialog', { name: 'Delete the history of the variables?' })
    .getByRole('button', { name: 'Delete the history' })
    .click()
  await dialog.getByText('They have not been changed yet.').waitFor()
  t.same(faults, [])
})
