import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryFolder } from '../../helpers/build.js'

/** They are not built: what runs is what stands in the repository. */
const scripts = (path: string) => new URL(`../../../../config/${path}`, import.meta.url).href
const { DOCS, findDeadLinks, withLinksOut } = await import(scripts('package/docs.mjs'))
const { checkDocs, checkLock } = await import(scripts('release/check-sources.mjs'))
const { checkNpmPackage } = await import(scripts('release/check-packed.mjs'))

const run = promisify(execFile)
const web = { repository: 'https://example.org/moonlet', version: '1.2.3' }

t.test('no document has a link that leads nowhere', async t => {
  await t.resolves(checkDocs())
})

t.test('the documents that npm packs point to nothing that it leaves out', async t => {
  await t.resolves(checkNpmPackage())
})

t.test('the lock file is that of package.json', async t => {
  await t.resolves(checkLock())
})

t.test(
  'links to files and headings that do not exist are found, those in code are none',
  async t => {
    const folder = await temporaryFolder(t)
    await mkdir(join(folder, 'b'))
    await writeFile(join(folder, 'b/other.md'), '# One, two & three\n')
    const file = join(folder, 'a.md')
    await writeFile(
      file,
      [
        '# Title',
        '[1](b/other.md) [2](b/other.md#one-two--three) [3](#title) [4](b/) [5](https://example.org/x)',
        '`[6](missing.md)`',
        '```',
        '[7](missing.md)',
        '```',
        '[8](b/missing.md) [9](b/other.md#four) [10](#nothing)'
      ].join('\n')
    )
    t.same(
      (await findDeadLinks(file)).map((text: string) => text.slice(file.length + 2)),
      ['b/missing.md', 'b/other.md#four', '#nothing']
    )
    t.match(
      await findDeadLinks(file, [file]),
      [/b\/other\.md$/],
      'nor may it lead out of what is packed'
    )
  }
)

t.test('in what is packed, links to the rest lead to this version on the web', async t => {
  const text = await withLinksOut('README.md', [...DOCS, 'LICENSE'], web)
  t.match(text, '](https://example.org/moonlet/blob/v1.2.3/ARCHITECTURE.md)')
  t.match(text, '](https://example.org/moonlet/raw/v1.2.3/public/screenshots/code.png)')
  t.match(text, '](SECURITY.md)')
  t.equal((await readFile('README.md', 'utf8')).split('\n').length, text.split('\n').length)
})

t.test('the scripts of the Debian package are ones that every shell reads', async t => {
  for (const name of ['preinst', 'postinst', 'prerm', 'postrm']) {
    await t.resolves(run('sh', ['-n', `config/debian/${name}`]), name)
  }
})
