import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../../helpers/build.js'

/** They are not built: what runs is what stands in the repository. */
const scripts = (path: string) => new URL(`../../../../config/${path}`, import.meta.url).href
const { describeThirdParty, fits, packagesOf } = await import(scripts('package/third-party.mjs'))
const { findModules } = await import(scripts('package/modules.mjs'))

t.test('licences that let Moonlet stay under MIT fit, and no others', async t => {
  for (const licence of ['MIT', 'ISC', '(MIT OR CC0-1.0)', 'GPL-3.0 OR MIT', 'MIT AND ISC']) {
    t.ok(fits(licence), licence)
  }
  for (const licence of [
    'GPL-3.0-only',
    'MIT AND GPL-2.0',
    'MIT OR (GPL-2.0 AND ISC)',
    'SEE LICENSE IN x',
    '',
    undefined
  ]) {
    t.notOk(fits(licence), String(licence))
  }
})

async function withPackage(t: Parameters<typeof temporaryFolder>[0], manifest: object) {
  const folder = join(await temporaryFolder(t), 'node_modules/other')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  return folder
}

t.test('a package under another licence stops the packing, and is named', async t => {
  const folder = await withPackage(t, { name: 'other', version: '1.2.3', license: 'AGPL-3.0' })
  await writeFile(join(folder, 'LICENSE'), 'text')
  await t.rejects(describeThirdParty([folder]), /do not fit MIT: other 1\.2\.3 \(AGPL-3\.0\)/)
})

t.test('a package without the text of its licence gets that of MIT alone, in its name', async t => {
  const mit = await withPackage(t, {
    name: 'other',
    version: '1.2.3',
    license: 'MIT',
    author: 'Ada Lovelace <ada@example.org>'
  })
  t.match(await describeThirdParty([mit]), /^Copyright \(c\) Ada Lovelace$/m)
  const isc = await withPackage(t, { name: 'other', version: '1.2.3', license: 'ISC' })
  await t.rejects(describeThirdParty([isc]), /other has no text of its licence \(ISC\)/)
})

t.test('everything that is packed is in it: runtime, packages, what bundles contain', async t => {
  const modules = await findModules(process.arch)
  const bundled = packagesOf(['a.ts', 'x:node_modules/monaco-editor/esm/a/node_modules/b/c.js'])
  t.same(bundled, ['x:node_modules/monaco-editor/esm/a/node_modules/b'])
  const text = await describeThirdParty([...modules, 'node_modules/monaco-editor'])
  for (const [name, licence] of [
    ['Node.js', 'MIT'],
    ['better-sqlite3', 'MIT'],
    ['fastify', 'MIT'],
    ['monaco-editor', 'MIT'],
    ['prom-client', 'Apache-2.0']
  ]) {
    t.match(text, new RegExp(`^\\| ${name} \\| [\\d.]+ \\| ${licence} \\|$`, 'm'))
    t.match(text, new RegExp(`^## ${name} [\\d.]+$`, 'm'))
  }
  t.notMatch(text, /^\| (esbuild|typescript|tap) \|/m, 'and nothing that is not packed')
})
