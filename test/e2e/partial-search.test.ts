import t from 'tap'
import { join } from 'node:path'
import { temporaryFolder } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'
import { fillExecutions } from '../helpers/fill-executions.js'
import { hello, needsBrowser, visit } from './browser.js'

/**
 * So many that no search comes to the end of them within its time, neither one that reads every log and finds nothing,
 * nor one that counts on when its page is full.
 */
const count = 1_000_000
const logs = 4

t.test('a search that was cut says so, in both languages', needsBrowser, async t => {
  const DATA_DIR = await temporaryFolder(t)
  const { page, server, faults, createFunction } = await visit(t, { settings: { DATA_DIR } })
  const id = await createFunction('Busy', hello)
  fillExecutions(join(DATA_DIR, 'moonlet.db'), {
    count,
    createdAt: Math.floor(Date.now() / 1000) - 60,
    logs
  })
  await page.goto(`${server.base}/functions/${id}/executions`)
  await page
    .getByText(/executions$/)
    .filter({ visible: true })
    .first()
    .waitFor()
  const search = page.getByRole('searchbox', { name: 'Search errors and logs' })

  await search.fill('nowhere to be found')
  await page.getByText('only the newest executions were searched').waitFor()
  await page
    .getByRole('heading', { name: 'Nothing found in the executions that were searched' })
    .waitFor()

  await search.fill('happened')
  await page.getByText(/found so far$/).waitFor()
  await page.getByText('only the newest executions were searched').waitFor()
  await page.getByRole('button', { name: 'Português' }).click()
  await page.getByText('só as execuções mais recentes foram examinadas').waitFor()
  await page.getByText(/encontradas até agora$/).waitFor()

  await page.getByRole('searchbox', { name: 'Buscar em erros e registros' }).fill('')
  await page
    .getByText(/execuções$/)
    .filter({ visible: true })
    .first()
    .waitFor()
  await eventually(
    t,
    () => page.getByText('só as execuções mais recentes').filter({ visible: true }).count(),
    0
  )
  t.same(faults, [])
})
