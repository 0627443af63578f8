import t from 'tap'
import { readFile } from 'node:fs/promises'
import { readmeTable } from '../../../plugins/lua-docs/readme-table.js'
import { allFunctions, allModules } from './support/modules.js'

const table = readmeTable(allModules)

t.test('the table has a row for each module, with all its functions', async t => {
  const rows = table.split('\n').slice(2)
  t.equal(rows.length, allModules.length)
  for (const [module, name] of allFunctions) {
    t.match(
      rows.find(row => row.startsWith(`| \`${module}\` |`)),
      name === 'repeat' ? '`["repeat"]`' : `\`${name}\``
    )
  }
  for (const row of rows) t.equal(row.split(/(?<!\\)\|/).length, 5, row.slice(0, 20))
})

t.test('the README has this table', async t => {
  const readme = await readFile('README.md', 'utf8')
  const found = /<!-- lua-api:begin -->\n([^]*?)\n<!-- lua-api:end -->/.exec(readme)?.[1]
  t.equal(found, table, 'print it with: node dist/plugins/lua-docs/print-table.js')
})
