import t from 'tap'
import { readdir, readFile } from 'node:fs/promises'
import { createFunction, PAGE, run } from '../../contracts/storage-fixtures.js'
import { openParts } from './open-parts.js'

const large =
  /\b(?:executions|logs|ai_requests|email_requests|http_requests|kv|versions|jobs|job_events|job_queues)\b/
/** A function's executions, logs and the like must be found by an index, whatever the filter. */
const fullScan =
  /SCAN (?!f\b|functions\b|purges\b|stored_bytes\b|json_each\b|p\b|n\b|q\b|c\b|job_queues\b|\(subquery-|CONSTANT ROW)(?!.*USING)/
const sorts = /USE TEMP B-TREE FOR ORDER BY/
/** Sorts the few rows of one page, or functions, of which there are few. */
const ofOnePage =
  /where e\.seq in \(select value from json_each\(\?\)\) order by|order by contains_text\(f\.name|order by q\.turn|cross join jobs j on j\.seq = n\.seq|order by wanted\.key/

t.test('no statement over what grows reads a whole table, or sorts more than a page', async t => {
  const { db, storage, prepared } = await openParts(t)
  const id = await createFunction(storage)
  await run(storage, id)
  for (const filter of [
    { status: 'success' },
    { from: 1 },
    { to: 1e10 },
    { text: 'x' },
    { status: 'success', trigger: 'http', version: 1, from: 1, to: 1e10, text: 'x' }
  ] as const) {
    await storage.executions.list(id, PAGE, filter)
  }
  let checked = 0
  for (const sql of [...prepared].filter(
    text => large.test(text) && /^\s*(?:select|delete|update)/.test(text)
  )) {
    const names = Object.fromEntries(
      (sql.match(/:[a-zA-Z]+/g) ?? []).map(name => [name.slice(1), null])
    )
    const places = Array.from({ length: (sql.match(/\?/g) ?? []).length }, () => null)
    const plan = (
      db
        .prepare(`explain query plan ${sql}`)
        .all(...(Object.keys(names).length > 0 ? [names] : places)) as { detail: string }[]
    )
      .map(({ detail }) => detail)
      .join('; ')
    t.notMatch(plan, fullScan, `${sql}: ${plan}`)
    if (!ofOnePage.test(sql)) t.notMatch(plan, sorts, `${sql}: ${plan}`)
    if (/count\(\*\) from executions/.test(sql) && !sql.includes(':text')) {
      t.match(plan, /COVERING INDEX executions_by_function/, 'filters read the index alone')
    }
    checked++
  }
  t.ok(checked > 20, `${checked} statements`)
})

t.test('the first and the last entry of the audit are looked up', async t => {
  const { db, prepared } = await openParts(t)
  const [sql = ''] = [...prepared].filter(text => /min\(id\).* from audit/.test(text))
  const plan = db.prepare<[], { readonly detail: string }>(`explain query plan ${sql}`).all()
  const read = plan.map(({ detail }) => detail).filter(detail => detail.includes('audit'))
  t.same(read, ['SEARCH audit', 'SEARCH audit'])
})

t.test('nothing but the storage knows the database', async t => {
  const found: string[] = []
  for (const folder of ['core', 'plugins', 'sandbox', 'config']) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.ts') || (folder === 'plugins' && file.startsWith('storage/'))) continue
      if (/from 'better-sqlite3'/.test(await readFile(`${folder}/${file}`, 'utf8'))) {
        found.push(`${folder}/${file}`)
      }
    }
  }
  t.same(found, [])
})
