/**
 * An example as people get it: packed, and installed from the tarball into a fresh folder by npm, without a registry
 * (its one dependency is in the tarball). Moonlet itself is linked and not packed: its packages are not in its tarball.
 */
import t from 'tap'
import { execa } from 'execa'
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startMoonlet } from '../../../core/plugin-testing.js'

t.test('a plugin installed from its tarball works by its name', async t => {
  const top = await mkdtemp(join(tmpdir(), 'moonlet-packed-'))
  t.teardown(() => rm(top, { recursive: true, force: true }))
  const [source, fresh] = [join(top, 'source'), join(top, 'fresh')]
  await cp('plugins/examples/markdown', source, { recursive: true })
  await mkdir(join(source, 'node_modules'))
  await cp('node_modules/marked', join(source, 'node_modules/marked'), { recursive: true })
  await mkdir(fresh)
  const npm = (cwd: string, ...args: string[]) =>
    execa('npm', args, { cwd, env: { NODE_OPTIONS: '' } })

  await npm(source, 'pack', '--pack-destination', top)
  await npm(fresh, 'init', '-y')
  await npm(
    fresh,
    'install',
    join(top, 'moonlet-plugin-markdown-1.0.0.tgz'),
    '--offline',
    '--legacy-peer-deps',
    '--no-audit',
    '--no-fund'
  )
  t.match(JSON.parse(await readFile(join(fresh, 'package.json'), 'utf8')).dependencies, {
    'moonlet-plugin-markdown': /tgz$/
  })
  await symlink(resolve('.'), join(fresh, 'node_modules/moonlet'))

  const server = await startMoonlet({ plugins: ['moonlet-plugin-markdown'], folder: fresh })
  t.teardown(() => server.close())
  t.equal(
    (await server.run('return { body = markdown.render("**hi**") }')).body,
    '<p><strong>hi</strong></p>\n'
  )
  t.match(await server.api('/api/plugins'), [{ name: 'markdown', version: '1.0.0' }])
})
