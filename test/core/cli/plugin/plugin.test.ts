/** `moonlet plugin add`, `list` and `remove`, with plugins as people have them. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { runProgram } from '../../../../core/cli/program.js'
import { tryPlugins } from '../../../../core/cli/plugin/trial.js'
import { prepareStart } from '../../../../core/process/bootstrap.js'
import { lockDataFolder } from '../../../../plugins/storage/db/data-lock.js'
import { temporaryFolder } from '../../../helpers/build.js'
import { writeFiles } from '../../third-party/plugin-files.js'
import { makeTgz } from '../../third-party/packed/make-tar.js'

const exec = promisify(execFile)

async function commandLine(t: Test) {
  const data = join(await temporaryFolder(t), 'data')
  return {
    data,
    home: join(data, 'plugins'),
    async plugin(...args: string[]) {
      const said = { out: '', err: '' }
      const code = await runProgram(['--data-dir', data, 'plugin', ...args], {
        say(line) {
          said.out += `${line}\n`
        },
        note(line) {
          said.err += `${line}\n`
        },
        progress() {}
      })
      return { code, ...said }
    }
  }
}

const manifest = (more: object = {}): string =>
  JSON.stringify({
    name: 'moonlet-plugin-slug',
    version: '1.2.3',
    type: 'module',
    exports: './index.js',
    peerDependencies: { moonlet: '^0.1.0' },
    ...more
  })

/** A Lua module, a route, a page and a setting, by way of a dependency. */
const slug = (word = 'slug'): string => `
import { Text, definePlugin, host, luaModule, setting } from 'moonlet/plugin'
import { shout } from 'shout'
export default definePlugin({
  name: '${word}',
  moonlet: '>=0.1.0',
  settings: { SLUG_WORD: setting.text({ fallback: 'x', doc: 'A word' }) },
  page: { title: 'Slugs', path: '/' },
  start (server, { SLUG_WORD }) {
    server.lua.add(luaModule('${word}', { doc: 'x', functions: { make: host({
      doc: 'd', params: [], returns: Text(), example: 'return { body = ${word}.make() }', run: () => shout(SLUG_WORD)
    }) } }), '${word}')
    server.get('/', async () => shout(SLUG_WORD))
  }
})`

/** As after \`npm install\` and \`npm link moonlet\`. */
const asInstalled = (t: Test) =>
  writeFiles(t, {
    'slug/package.json': manifest({
      dependencies: { shout: '1' },
      bundleDependencies: ['shout'],
      devDependencies: { dev: '1' }
    }),
    'slug/index.js': slug(),
    'slug/.env': 'SECRET=1',
    'slug/lib/more.js': '',
    'slug/node_modules/shout/package.json':
      '{ "name": "shout", "version": "1.0.0", "type": "module", "main": "a.js", "dependencies": { "inner": "1" } }',
    'slug/node_modules/shout/a.js':
      "import { up } from 'inner'\nexport const shout = text => up(text)",
    'slug/node_modules/inner/package.json':
      '{ "name": "inner", "version": "1.0.0", "type": "module", "main": "b.js" }',
    'slug/node_modules/inner/b.js': 'export const up = text => text.toUpperCase()',
    'slug/node_modules/dev/package.json': '{ "name": "dev", "version": "1.0.0" }'
  })

t.test('a folder goes along with what it needs to run, and every start loads it', async t => {
  const folder = await asInstalled(t)
  await symlink(folder, join(folder, 'slug/node_modules/moonlet'))
  const { plugin, home, data } = await commandLine(t)
  const added = await plugin('add', join(folder, 'slug'))
  t.match(added, { code: 0, err: '' })
  t.match(
    added.out,
    `Added slug 1.2.3, in ${home}/slug.
  Lua modules: slug
  Page: Slugs (/plugins/slug/)
  Routes: GET /plugins/slug
  Settings: SLUG_WORD
The next start of the server will load it.
`
  )
  t.same(await readdir(home), ['slug'])
  t.same((await readdir(join(home, 'slug'))).toSorted(), [
    '.moonlet-plugin.json',
    'index.js',
    'lib',
    'node_modules',
    'package.json'
  ])
  t.same((await readdir(join(home, 'slug/node_modules'))).toSorted(), ['inner', 'shout'])
  const { plugins } = await prepareStart({ DATA_DIR: data })
  t.match(plugins, [{ name: 'slug', version: '1.2.3', from: 'DATA_DIR' }])

  const [listed] = JSON.parse((await plugin('list', '--json')).out).plugins
  t.match(listed, {
    name: 'slug',
    version: '1.2.3',
    from: 'DATA_DIR',
    path: join(home, 'slug'),
    source: join(folder, 'slug'),
    added_at: /^\d{4}-\d\d-\d\dT/,
    adds: { modules: ['slug'], routes: ['GET /plugins/slug'], hooks: [] },
    page: { title: 'Slugs', path: '/plugins/slug/' },
    settings: ['SLUG_WORD'],
    has_tables: false
  })
  t.match(
    (await plugin('list')).out,
    /^slug 1\.2\.3: in \S+, from \S+slug, \d{4}-\d\d-\d\d\n {2}Lua/
  )

  await t.test('another of its name takes its place with --force alone', async t => {
    await writeFile(
      join(folder, 'slug/package.json'),
      manifest({ version: '2.0.0', dependencies: { shout: '1' } })
    )
    const refused = await plugin('add', join(folder, 'slug'))
    t.equal(refused.code, 1)
    t.match(
      refused.err,
      /There is a plugin 'slug' already.*to have slug 2\.0\.0 in its place, add --force/
    )
    t.match((await plugin('list')).out, /^slug 1\.2\.3:/)
    await mkdir(data, { recursive: true })
    const lock = lockDataFolder(data)
    t.teardown(() => lock.release())
    const { code, out } = await plugin('add', join(folder, 'slug'), '--force', '--no-trial')
    lock.release()
    t.equal(code, 0)
    t.match(out, /^Replaced slug 2\.0\.0.*\n[^]*A server runs on this data folder; restart it/)
    t.same(await readdir(home), ['slug'])
  })

  await t.test('it is removed, also when it is broken', async t => {
    await writeFile(join(home, 'slug/index.js'), 'process.exit(7)')
    const broken = await plugin('list')
    t.equal(broken.code, 0)
    t.match(broken.out, /Does not load: The plugin 'slug' ended the process \(exit code 7\)/)
    t.match(await plugin('remove', 'slug'), { code: 0, out: /^Removed slug from / })
    t.same(await readdir(home), [])
    for (const name of ['slug', '../data', '.', 'a/b']) {
      t.match(await plugin('remove', name), {
        code: 1,
        err: /^There is no plugin '.*there is none/
      })
    }
    t.match((await plugin('list')).out, /^There are no plugins in /)
  })
})

t.test('the page of a plugin is told by the address that it answers at', async t => {
  const folder = await writeFiles(t, {
    'look/package.json': manifest({ name: 'look' }),
    'look/index.js': `
import { definePlugin } from 'moonlet/plugin'
export default definePlugin({
  name: 'look',
  moonlet: '>=0.1.0',
  page: { title: 'Look', path: '/all', files: new URL('./page/', import.meta.url) },
  start () {}
})`,
    'look/page/index.html': '<!doctype html><title>Look</title>'
  })
  const { plugin } = await commandLine(t)
  const added = await plugin('add', join(folder, 'look'))
  t.equal(added.code, 0, added.err)
  // Files of the page are below it, and without the slash there is nothing.
  t.match(added.out, '  Page: Look (/plugins/look/all/)\n')
})

t.test('an archive of npm pack needs no npm', async t => {
  const folder = await asInstalled(t)
  const { stdout } = await exec('npm', ['pack', '--silent'], {
    cwd: join(folder, 'slug'),
    env: { PATH: process.env.PATH }
  })
  const { plugin, home } = await commandLine(t)
  const umask = process.umask(0o077)
  const added = await plugin('add', join(folder, 'slug', stdout.trim())).finally(() =>
    process.umask(umask)
  )
  t.match(added, { code: 0, err: '', out: /^Added slug 1\.2\.3/ })
  t.match(JSON.parse(await readFile(join(home, 'slug/.moonlet-plugin.json'), 'utf8')), {
    source: 'moonlet-plugin-slug-1.2.3.tgz'
  })
  for (const path of ['', 'index.js', 'node_modules/shout/a.js']) {
    t.equal((await stat(join(home, 'slug', path))).mode & 0o777, path === '' ? 0o755 : 0o644, path)
  }
})

t.test('what is not fit is refused in one sentence, and leaves nothing', async t => {
  const { plugin, home } = await commandLine(t)
  const folder = await temporaryFolder(t)
  const plain = (name: string, start = '') =>
    "import { Text, definePlugin, host, luaModule } from 'moonlet/plugin'\n" +
    `export default definePlugin({ name: '${name}', moonlet: '>=0.1.0', start (server) { ${start} } })`
  const withModule = (name: string, module: string) =>
    plain(
      name,
      `server.lua.add(luaModule('${module}', { doc: 'x', functions: { f: host({ doc: 'd', params: [], ` +
        `returns: Text(), example: '${module}.f()', run: () => '' }) } }), '${name}')`
    )
  const archive = join(folder, 'it.tgz')
  const add = async (code: string, more: object = {}) => {
    const files = [
      { path: 'package/package.json', text: manifest(more) },
      { path: 'package/index.js', text: code }
    ]
    await writeFile(archive, makeTgz(...files))
    return await plugin('add', archive)
  }
  t.match(await add(withModule('first', 'taken')), { code: 0 })
  for (const [code, message, more] of [
    [
      'throw new Error("no luck")',
      /it\.tgz' could not be loaded from .*: no luck \(at \S+it\.tgz\/index\.js:1:7\)/
    ],
    ['process.exit(0)', /it\.tgz' ended the process \(exit code 0\)/],
    [plain('x', 'process.exit(3)'), /What is started ended the process \(exit code 3\)/],
    [
      withModule('x', 'kv'),
      /The Lua module 'kv' of plugin 'x' is already provided by plugin 'lua-kv'/
    ],
    [
      withModule('x', 'taken'),
      /The Lua module 'taken' of plugin 'x' is already provided by plugin 'first'/
    ],
    [
      plain('x'),
      /needs absent, which it does not bring along: run "npm install"/,
      { dependencies: { absent: '1' } }
    ]
  ] as const) {
    const { code: exit, out, err } = await add(code, more)
    t.same([exit, out], [1, ''], String(message))
    t.match(err, message)
    t.notMatch(err, '.new-')
    t.equal(err.trim().split('\n').length, 1, err)
  }
  for (const [bytes, message] of [
    [makeTgz({ path: 'package/index.js' }), /it\.tgz is no plugin: it has no package\.json/],
    [
      makeTgz({ path: 'package/package.json', text: '[]' }),
      /has a package\.json that is no JSON object/
    ],
    [makeTgz({ path: 'package/../x' }), /it\.tgz is refused: "package\/\.\.\/x" would lie outside/]
  ] as const) {
    await writeFile(archive, bytes)
    t.match(await plugin('add', archive), { code: 1, err: message })
  }
  t.match(await plugin('add', './absent'), { code: 1, err: /^There is nothing at \// })
  t.match(await plugin('add'), { code: 2 })
  process.env['PLUGINS'] = join(home, 'first')
  t.teardown(() => delete process.env['PLUGINS'])
  await plugin('remove', 'first')
  await mkdir(join(home, '../elsewhere'), { recursive: true })
  await writeFile(join(home, '../elsewhere/index.mjs'), plain('first'))
  process.env['PLUGINS'] = join(home, '../elsewhere/index.mjs')
  t.match(await add(plain('first')), {
    code: 1,
    err: /has the same name as the plugin in .*elsewhere/
  })
  t.same(await readdir(home), [])
})

t.test('one that keeps the server busy for ever is ended and named', async t => {
  const folder = await writeFiles(t, {
    'index.mjs': 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
  })
  const tried = { name: 'busy', specifier: join(folder, 'index.mjs'), atHome: false }
  const result = await tryPlugins({
    plugins: [tried],
    dataFolder: folder,
    start: true,
    patienceMs: 5000
  })
  t.match(result.plugins, [
    {
      name: 'busy',
      problem: "The plugin 'busy' keeps the server from doing anything else for more than 5 s"
    }
  ])
})

t.test('one that speaks for who tries it is put nowhere but among plugins', async t => {
  const { plugin, data, home } = await commandLine(t)
  for (const told of [
    [{ name: '../evil', settings: [], hasTables: false }],
    [{ name: 7, settings: [], hasTables: false }],
    []
  ]) {
    const message = { kind: 'done', result: { plugins: told } }
    const folder = await writeFiles(t, {
      'package.json': manifest(),
      'index.js': `process.send(${JSON.stringify(message)}); await new Promise(() => {})`
    })
    t.match(await plugin('add', folder), { code: 1, err: /does not say the name of a plugin/ })
    t.same([await readdir(data), await readdir(home)], [['plugins'], []])
  }
})

t.test('settings that are not set keep nobody from adding a plugin, and are named', async t => {
  const { plugin } = await commandLine(t)
  const folder = await writeFiles(t, {
    'package.json': manifest(),
    'index.js': `import { SettingProblem, definePlugin } from 'moonlet/plugin'
export default definePlugin({ name: 'needy', moonlet: '*', start () { throw new Error('started') }, settings: {
  NEEDY_URL: { doc: 'x', defaultText: '', read (text) { if (text === undefined) throw new SettingProblem('must be set'); return text } }
} })`
  })
  const { code, out, err } = await plugin('add', folder)
  t.equal(code, 0)
  t.match(out, /^Added needy 1\.2\.3/)
  t.match(err, /^Before the next start: Settings are wrong:\n.*NEEDY_URL .*must be set/)
})

t.test(
  'root has plugins tried as the user whose server it is',
  {
    skip: process.geteuid?.() === 0 ? false : 'is not root'
  },
  async t => {
    const { plugin, data, home } = await commandLine(t)
    await mkdir(data)
    await chmod(join(data, '..'), 0o755)
    await chown(data, 4321, 4321)
    await chmod(data, 0o700)
    const folder = await writeFiles(t, {
      'package.json': manifest(),
      'index.js': `import { definePlugin } from 'moonlet/plugin'
if (process.getuid() !== 4321 || process.getgroups().includes(0)) throw new Error('too powerful')
export default definePlugin({ name: 'slug', moonlet: '*', start () {} })`
    })
    t.match(await plugin('add', folder), { code: 0, err: '' })
    t.match((await plugin('list')).out, /^slug 1\.2\.3: in \S+, from \S+\n?/)
    t.equal((await stat(join(home, 'slug/index.js'))).uid, 0, 'which the server cannot change')
  }
)

t.test('where npm is, it is asked for a package and what that needs', async t => {
  const folder = await asInstalled(t)
  const unbundled = manifest({ dependencies: { shout: '1.0.0' } })
  await writeFile(join(folder, 'slug/package.json'), unbundled)
  const packages: Record<string, { bytes: Buffer; manifest: object }> = {}
  for (const [name, path] of [
    ['moonlet-plugin-slug', 'slug'],
    ['shout', 'slug/node_modules/shout'],
    ['inner', 'slug/node_modules/inner']
  ] as const) {
    const cwd = join(folder, path)
    const { stdout } = await exec('npm', ['pack', '--silent'], { cwd })
    packages[name] = {
      bytes: await readFile(join(cwd, stdout.trim())),
      manifest: JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))
    }
  }
  const registry = createServer((request, response) => {
    const [, name = '', file] = (request.url ?? '').split('/')
    const found = packages[name]
    if (found === undefined || file !== undefined) {
      response.writeHead(found === undefined ? 404 : 200).end(found?.bytes ?? '{}')
      return
    }
    const { version } = found.manifest as { version: string }
    const dist = {
      tarball: `http://${request.headers.host}/${name}/x.tgz`,
      shasum: createHash('sha1').update(found.bytes).digest('hex')
    }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { ...found.manifest, dist } }
      })
    )
  })
  await new Promise<void>(resolve => registry.listen(0, '127.0.0.1', resolve))
  t.teardown(() => registry.close())
  const variables = {
    npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
    npm_config_cache: join(folder, 'cache')
  }
  Object.assign(process.env, variables)
  t.teardown(() => {
    for (const name of Object.keys(variables)) delete process.env[name]
  })
  const { plugin, home } = await commandLine(t)
  t.match(await plugin('add', 'moonlet-plugin-slug@1.2.3'), {
    code: 0,
    err: '',
    out: /^Added slug 1\.2\.3/
  })
  t.same(
    (await readdir(join(home, 'slug/node_modules')))
      .filter(name => !name.startsWith('.'))
      .toSorted(),
    ['inner', 'shout']
  )
  t.match(await plugin('add', 'moonlet-plugin-unknown'), { code: 1, err: /^npm failed: [^]*404/ })
  const path = process.env['PATH']
  process.env['PATH'] = folder
  t.teardown(() => Object.assign(process.env, { PATH: path }))
  t.match(await plugin('add', 'moonlet-plugin-slug'), {
    code: 1,
    err: /and no npm to ask for a package/
  })
})
