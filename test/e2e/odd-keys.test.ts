import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, visit } from './browser.js'

const long = `long:${'k'.repeat(20_000)}`

t.test(
  'keys such as . and .. and of 20,000 characters are saved, opened and deleted as what they are',
  needsBrowser,
  async t => {
    const { page, server, faults, api, createFunction } = await visit(t)
    const id = await createFunction('Keeper', hello)
    const keys = async () =>
      (await api<{ entries: Array<{ key: string }> }>(`/api/functions/${id}/kv`)).entries.map(
        ({ key }) => key
      )
    await page.goto(`${server.base}/functions/${id}/data`)
    const value = page.getByLabel('Value', { exact: true })

    for (const key of ['.', '..', 'a/../b?c#d%2e', long]) {
      await page.getByRole('button', { name: 'Add an entry' }).click()
      await page.getByLabel('Key', { exact: true }).fill(key)
      await value.fill(`of ${key}`)
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('button', { name: key, exact: true }).waitFor()
      t.same(await keys(), [key])

      await page.getByRole('button', { name: key, exact: true }).click()
      await page.getByRole('heading', { name: 'Edit entry' }).waitFor()
      await eventually(t, () => value.inputValue(), `of ${key}`)
      await value.fill('changed')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('cell', { name: 'changed' }).waitFor()

      await page.getByRole('button', { name: `Delete ${key}`, exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByText('Nothing is stored yet').waitFor()
      t.same(await keys(), [])
    }
    t.match(await api(`/api/functions/${id}`), { name: 'Keeper' }, 'the function is still there')
    t.same(faults, [])
  }
)

t.test(
  'pages of keys go on behind a key that is no text, and behind a long one',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Keeper', hello)
    const put = (key: Buffer) =>
      fetch(`${server.base}/api/functions/${id}/kv-value/entry?key_bytes=${key.length}`, {
        method: 'PUT',
        body: new Uint8Array(key),
        headers: { authorization: `Bearer ${server.key}` }
      })
    const filler = Buffer.alloc(9_000, 'a')
    // The fiftieth, with which the first page ends, is as long as the last ones of the second; they are no text.
    for (let i = 0; i < 120; i++) {
      await put(i === 49 || i === 99 ? Buffer.from([i, 255, ...filler]) : Buffer.from([i, 255]))
    }
    await page.goto(`${server.base}/functions/${id}/data`)
    const rows = page.locator('tbody tr')
    await eventually(t, () => rows.count(), 50)
    await page.getByRole('button', { name: 'Show more' }).click()
    await eventually(t, () => rows.count(), 100)
    await page.getByRole('button', { name: 'Show more' }).click()
    await eventually(t, () => rows.count(), 120)
    t.same(faults, [])
  }
)

t.test('an address with a broken escape is a missing page', needsBrowser, async t => {
  const { page, server, faults } = await visit(t)
  await page.goto(server.base)
  await page.evaluate(() => {
    history.pushState(null, '', '/functions/%/x')
    dispatchEvent(new PopStateEvent('popstate'))
  })
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
  t.same(faults, [])
})
