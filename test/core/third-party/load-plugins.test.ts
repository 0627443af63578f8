import t from 'tap'
import * as pluginApi from '../../../core/plugin-api.js'
import { LuaFailure } from '../../../core/lua/errors.js'
import { join } from 'node:path'
import { loadPlugins } from '../../../core/third-party/load-plugins.js'
import { plugin, writeFiles } from './plugin-files.js'

t.test('loads files, folders and packages from the working folder', async t => {
  const folder = await writeFiles(t, {
    'one.mjs': plugin('one'),
    'two/package.json': '{ "type": "module", "main": "lib/entry.js", "version": "2.0.0" }',
    'two/lib/entry.js': plugin('two'),
    'three/package.json': '{ "name": "anything", "type": "module", "exports": "./entry.js" }',
    'three/entry.js': plugin('three'),
    'node_modules/moonlet-four/package.json':
      '{ "name": "moonlet-four", "version": "4.1.0", "type": "module", "exports": { "import": "./four.js" } }',
    'node_modules/moonlet-four/four.js': plugin('four')
  })
  const plugins = await loadPlugins(
    ['./one.mjs', './two', join(folder, 'three'), 'moonlet-four'],
    folder
  )
  t.match(plugins, [
    { name: 'one', version: undefined, file: join(folder, 'one.mjs') },
    { name: 'two', version: '2.0.0', file: join(folder, 'two/lib/entry.js') },
    { name: 'three', version: undefined },
    { name: 'four', version: '4.1.0', file: join(folder, 'node_modules/moonlet-four/four.js') }
  ])
})

t.test('an ordinary Fastify plugin needs a version range in its package.json', async t => {
  const plain =
    "export default Object.assign(async function () {}, { [Symbol.for('plugin-meta')]: { name: 'plain' } })"
  const folder = await writeFiles(t, {
    'with/package.json':
      '{ "name": "x", "type": "module", "peerDependencies": { "moonlet": ">=0.1.0" } }',
    'with/index.js': plain,
    'without/package.json': '{ "name": "x", "type": "module" }',
    'without/index.js': plain
  })
  t.match(await loadPlugins(['./with'], folder), [{ name: 'plain' }])
  await t.rejects(loadPlugins(['./without'], folder), {
    code: 'PLUGIN_FAILED',
    message: /^The plugin 'plain' \(.*index\.js\) does not say which versions of Moonlet/
  })
})

t.test('every copy of moonlet/plugin is the same', async t => {
  const folder = await writeFiles(t, {
    'a/index.mjs':
      "import * as api from 'moonlet/plugin'\nexport default Object.assign(async () => {}, { api })",
    'a/package.json':
      '{ "name": "a", "main": "index.mjs", "peerDependencies": { "moonlet": "*" } }',
    'a/node_modules/moonlet/package.json':
      '{ "name": "moonlet", "type": "module", "exports": { "./plugin": "./other.js" } }',
    'a/node_modules/moonlet/other.js': 'throw new Error("the wrong copy")'
  })
  const [loaded] = await loadPlugins(['./a'], folder)
  const { api } = loaded!.register as unknown as { api: typeof pluginApi }
  t.equal(api, pluginApi)
  t.equal(api.LuaFailure, LuaFailure)
})

t.test('whatever is wrong is one message with plugin, file and cause', async t => {
  const folder = await writeFiles(t, {
    'throws.mjs': 'throw new Error("no such luck")',
    'syntax.mjs': 'const = 1',
    'nothing.mjs': 'export const x = 1',
    'missing-import.mjs': "import 'not-installed-anywhere'",
    'name.mjs': plugin('Bad Name'),
    'reserved.mjs': plugin('cron'),
    'future.mjs': plugin('future').replace('>=0.1.0', '^99.0.0'),
    'range.mjs': plugin('range').replace('>=0.1.0', 'whatever'),
    'setting-name.mjs': plugin(
      's',
      "settings: { small: setting.text({ fallback: '', doc: 'x' }) }"
    ),
    'setting-kind.mjs': plugin('s', "settings: { S_KIND: 'text' }"),
    'own-setting.mjs': plugin('s', "settings: { PORT: setting.text({ fallback: '', doc: 'x' }) }"),
    'page.mjs': plugin('s', "page: { title: 'x', path: 'https://elsewhere' }"),
    'start.mjs': plugin('s').replace('start', 'begin'),
    'json/package.json': '{',
    'json/index.js': ''
  })
  for (const [specifier, message] of [
    [
      './throws.mjs',
      /^The plugin '\.\/throws\.mjs' could not be loaded from .*: no such luck \(at .*throws\.mjs:1:7\)$/
    ],
    ['./syntax.mjs', /syntax\.mjs' could not be loaded.*: Unexpected token '='/],
    ['./absent.mjs', /could not be loaded.*Cannot find module.*absent\.mjs/],
    ['not-installed', /could not be loaded.*Cannot find package 'not-installed'/],
    [
      'nothing.mjs',
      /there is no package of that name, but a file or folder: to load it, write \.\/nothing\.mjs in PLUGINS/
    ],
    ['./missing-import.mjs', /could not be loaded.*Cannot find package 'not-installed-anywhere'/],
    ['./json', /could not be loaded/],
    ['./nothing.mjs', /\(.*nothing\.mjs\) has no plugin as its default export/],
    ['./name.mjs', /'Bad Name' .*needs a name of small letters/],
    ['./reserved.mjs', /'cron' .*belongs to Moonlet itself/],
    ['./future.mjs', /'future' .*was made for Moonlet \^99\.0\.0, and this is \d/],
    ['./range.mjs', /'range' .*"whatever", which is no version range/],
    ['./setting-name.mjs', /declares the setting 'small'/],
    ['./setting-kind.mjs', /declares the setting S_KIND without a kind/],
    ['./own-setting.mjs', /declares the setting PORT, which is Moonlet's own/],
    ['./page.mjs', /declares a page that needs/],
    ['./start.mjs', /has no function `start`/]
  ] as const) {
    await t.rejects(loadPlugins([specifier], folder), { code: 'PLUGIN_FAILED', message }, specifier)
  }
})

t.test('two plugins with the same name or setting are refused, both named', async t => {
  const folder = await writeFiles(t, {
    'a.mjs': plugin('twin', "settings: { SHARED: setting.text({ fallback: '', doc: 'x' }) }"),
    'b.mjs': plugin('twin'),
    'c.mjs': plugin('other', "settings: { SHARED: setting.text({ fallback: '', doc: 'x' }) }")
  })
  await t.rejects(loadPlugins(['./a.mjs', './b.mjs'], folder), {
    message: /^The plugin 'twin' \(.*b\.mjs\) has the same name as the plugin in .*a\.mjs/
  })
  await t.rejects(loadPlugins(['./a.mjs', './c.mjs'], folder), {
    message:
      /^The plugin 'other' \(.*c\.mjs\) declares the setting SHARED, which the plugin 'twin' \(.*a\.mjs\) declares too$/
  })
})
