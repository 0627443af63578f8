/** Plugins at home: found in the data folder, and refused when others could change them. */
import {
  chmod,
  chown,
  lchown,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  writeFile
} from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkFiles } from '../../../core/third-party/home/check-files.js'
import { findAtHome, homeIn } from '../../../core/third-party/home/find.js'
import { takeAway, tidyHome, withStage, type Stage } from '../../../core/third-party/home/place.js'
import { loadWithoutPlugins, prepareStart } from '../../../core/process/bootstrap.js'
import { plugin, writeFiles } from './plugin-files.js'

const start = async (DATA_DIR: string, settings: Record<string, string> = {}) =>
  (await prepareStart({ PORT: '0', DATA_DIR, ...settings })).plugins

/** A data folder with one plugin at home. */
const withSlug = async (t: Test, more: Record<string, string> = {}) =>
  writeFiles(t, {
    'plugins/slug/package.json': '{ "name": "x", "type": "module", "version": "1.2.3" }',
    'plugins/slug/index.js': plugin('slug'),
    ...more
  })

t.test('folders in DATA_DIR/plugins are loaded by their names, after PLUGINS', async t => {
  const data = await withSlug(t, {
    'plugins/a-plugin/package.json': '{ "type": "module", "main": "lib/main.js" }',
    'plugins/a-plugin/lib/main.js': plugin('a-plugin'),
    'plugins/.new-1/index.js': 'what is being added is not loaded',
    'other.mjs': plugin('other')
  })
  t.match(await start(data, { PLUGINS: join(data, 'other.mjs') }), [
    { name: 'other', version: undefined },
    { name: 'a-plugin' },
    { name: 'slug', version: '1.2.3', file: join(data, 'plugins/slug/index.js') }
  ])
})

t.test('without the folder there are none, and an absent data folder is no matter', async t => {
  t.same(await start(await writeFiles(t, {})), [])
  t.same(await start('/nonexistent/data'), [])
  t.same(await start('/proc/version/data'), [], 'which the storage tells of')
})

t.test('one that was being replaced is loaded until the new one is in its place', async t => {
  const data = await withSlug(t)
  const home = homeIn(data)
  await rename(join(home, 'slug'), join(home, '.replaced-slug'))
  t.match(await start(data), [{ name: 'slug', version: '1.2.3' }])
  await mkdir(join(home, 'slug'))
  t.match(await findAtHome(data), [{ name: 'slug', path: join(home, 'slug') }])
})

t.test('whatever is wrong is one sentence that says how to start without the plugin', async t => {
  const end = /; to start without it: moonlet --data-dir \S+ plugin remove slug$/
  const broken = {
    'throw new Error("no such luck")':
      /^The plugin 'slug' .*: no such luck \(at \S+index\.js:1:7\)/,
    [plugin('slug').replace('>=0.1.0', '^99.0.0')]: /was made for Moonlet \^99\.0\.0, and this is/,
    [plugin('other')]: /lies in a folder of another name; run: mv \S+\/slug \S+\/other/,
    'export const a = 1': /^The plugin 'slug' .* has no plugin as its default export/,
    [plugin('slug', "settings: { PORT: setting.text({ fallback: '', doc: 'x' }) }")]:
      /declares the setting PORT, which is Moonlet's own/
  }
  for (const [code, message] of Object.entries(broken)) {
    const data = await withSlug(t, { 'plugins/slug/index.js': code })
    const failure = await start(data).then(
      () => t.fail('it started'),
      (error: Error & { code: string }) => error
    )
    t.match(failure, { code: 'PLUGIN_FAILED', message })
    t.match(failure, { message: end })
  }
})

t.test('PLUGINS and the data folder cannot both have a plugin of one name', async t => {
  const data = await withSlug(t, { 'mine.mjs': plugin('slug') })
  await t.rejects(start(data, { PLUGINS: join(data, 'mine.mjs') }), {
    message:
      /^The plugin 'slug' \(.*slug\/index\.js\) has the same name as the plugin in .*mine\.mjs/
  })
})

t.test('what is no folder of a plugin is named, and not passed over in silence', async t => {
  for (const name of ['slug-1.0.0.tgz', 'Slug/index.js', 'README.md']) {
    const data = await withSlug(t, { [`plugins/${name}`]: '' })
    await t.rejects(start(data), {
      code: 'PLUGIN_FAILED',
      message: /is no folder with the name of a plugin.*plugin add PATH$/
    })
  }
  await t.rejects(start(await writeFiles(t, { plugins: 'a file' })), {
    code: 'PLUGIN_FAILED',
    message: /is no folder that can be read \(ENOTDIR\)$/
  })
})

t.test('files that others may change are refused before any code of them runs', async t => {
  const data = await withSlug(t, { 'plugins/slug/lib/deep.js': '' })
  await writeFile(join(data, 'plugins/slug/index.js'), 'throw new Error("it ran")')
  for (const [path, mode, usual] of [
    ['plugins', 0o777, 0o755],
    ['plugins/slug', 0o775, 0o755],
    ['plugins/slug/lib/deep.js', 0o646, 0o644],
    ['plugins/slug/index.js', 0o664, 0o644]
  ] as const) {
    await chmod(join(data, path), mode)
    await t.rejects(start(data), {
      message: new RegExp(
        `\\(${join(data, path)}\\) can be changed by others \\(mode ${mode.toString(8)}\\); ` +
          `run: chmod -R go-w ${data}/plugins\\S*; to start without it:`
      )
    })
    await chmod(join(data, path), usual)
  }
})

t.test('links stay within the folder of their plugin', async t => {
  const data = await withSlug(t, { 'outside.js': '', 'plugins/slug/lib/a.js': '' })
  const link = join(data, 'plugins/slug/lib/link.js')
  await symlink('a.js', link)
  t.match(await start(data), [{ name: 'slug' }])
  for (const target of ['../../../outside.js', join(data, 'outside.js'), '../../slug-2/a.js']) {
    const other = join(data, 'plugins/slug/lib/other.js')
    await symlink(target, other)
    await t.rejects(start(data), {
      message: /other\.js\) is a link that leads out of the plugin's/
    })
    await rename(other, join(data, 'gone'))
  }
  await rename(join(data, 'plugins/slug'), join(data, 'elsewhere'))
  await symlink(join(data, 'elsewhere'), join(data, 'plugins/slug'))
  await t.rejects(start(data), { message: /is no folder with the name of a plugin/ })
})

t.test('files belong to root or to the user of the server', async t => {
  const data = await withSlug(t)
  const [slug] = await findAtHome(data)
  const self = process.geteuid!()
  checkFiles(slug!, self)
  if (self !== 0) {
    t.throws(() => checkFiles(slug!, self + 1), {
      message: new RegExp(`belongs to the user ${self}, and neither to root nor to the server's`)
    })
    return
  }
  checkFiles(slug!, 1234)
  await chown(join(data, 'plugins/slug/index.js'), 1234, 1234)
  checkFiles(slug!, 1234)
  t.throws(() => checkFiles(slug!, 1235), { message: /neither to root nor to the server's user/ })
  t.throws(() => checkFiles(slug!), {
    message: /index\.js\) belongs to the user 1234, not to root; .*chown -R root: \S+\/slug;/
  })
})

t.test(
  "root puts nothing where a link of the server's user leads",
  { skip: process.geteuid?.() === 0 ? false : 'is not root' },
  async t => {
    const data = await writeFiles(t, { 'elsewhere/.replaced-x/index.js': '' })
    await symlink('elsewhere', homeIn(data))
    await tidyHome(data)
    t.same(await readdir(join(data, 'elsewhere')), ['x'], 'a link of its own may lead anywhere')
    await lchown(homeIn(data), 1234, 1234)
    const message = /plugins is a link that belongs to the user 1234/
    await t.rejects(
      withStage(data, async () => t.fail('works there')),
      { message }
    )
    await t.rejects(tidyHome(data), { message })
    await t.rejects(takeAway(data, 'x'), { message })
    t.same(await readdir(join(data, 'elsewhere')), ['x'])
  }
)

t.test(
  "root works in the folder that it began in, whatever the server's user puts in its place",
  { skip: process.geteuid?.() === 0 ? false : 'is not root' },
  async t => {
    const data = await writeFiles(t, { 'elsewhere/other/index.js': '' })
    const [home, aside] = [homeIn(data), join(data, 'aside')]
    await chown(data, 1234, 1234)
    await withStage(data, async (stage: Stage) => {
      await rename(home, aside)
      await symlink('elsewhere', home)
      await writeFile(join(stage.path, 'index.js'), '')
      await stage.putInPlace('slug', false)
      await t.rejects(stage.putInPlace('slug', false), 'it is there no more')
    })
    t.same(await readdir(join(data, 'elsewhere')), ['other'])
    t.same(await readdir(aside, { recursive: true }), ['slug', 'slug/index.js'])

    const link = { message: /plugins is a link that lies in a folder of the user 1234/ }
    await t.rejects(tidyHome(data), link)
    await rm(home)
    await mkdir(home)
    await chown(home, 1234, 1234)
    const theirs = /plugins belongs to the user 1234: run the command as that user, or/
    await t.rejects(takeAway(data, 'slug'), { message: theirs })
    await chown(home, 0, 0)
    await chmod(home, 0o777)
    await t.rejects(takeAway(data, 'slug'), {
      message: /can be changed by others; run: chmod go-w/
    })
    await chmod(home, 0o755)
    t.equal(await takeAway(data, 'slug'), false)
  }
)

t.test('commands on the data read its settings, and run nothing of plugins', async t => {
  const data = await withSlug(t, { 'plugins/slug/index.js': 'process.exit(1)' })
  const environment = { DATA_DIR: data, SANDBOX_OF_A_PLUGIN: 'x' }
  t.match(await loadWithoutPlugins(environment), { DATA_DIR: data })
  await t.rejects(loadWithoutPlugins({ ...environment, PORT: 'x' }), { code: 'SETTINGS_INVALID' })
  await t.rejects(loadWithoutPlugins({ ...environment, DATA_DIR: '/nonexistent' }), {
    message: /SANDBOX_OF_A_PLUGIN is no setting/
  })
})
