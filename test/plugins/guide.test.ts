/** The guide for plugin authors, followed to the letter: every snippet is run. */
import t from 'tap'
import { execa } from 'execa'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { startMoonlet } from '../../core/plugin-testing.js'

interface Snippet {
  readonly kind: string
  readonly argument: string
  readonly code: string
}

const guide = await readFile('plugins/README.md', 'utf8')
const snippets: Snippet[] = Array.from(
  guide.matchAll(/<!-- (\w+)(?:: (.*?))? -->\n```\w+\n([\s\S]*?)```/g),
  ([, kind = '', argument = '', code = '']) => ({ kind, argument, code })
)
const of = (kind: string) => snippets.filter(snippet => snippet.kind === kind)

t.test('the guide works', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-guide-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const sh = (code: string) =>
    execa('sh', ['-e', '-c', code], {
      cwd: folder,
      all: true,
      reject: false,
      env: { NODE_OPTIONS: '', TAP: '' }
    })
  t.same(
    ['run', 'file', 'lua', 'test'].map(kind => of(kind).length > 0),
    [true, true, true, true]
  )

  for (const { code } of of('run')) t.equal((await sh(code)).exitCode, 0, code)
  for (const { argument, code } of of('file')) {
    await mkdir(dirname(join(folder, argument)), { recursive: true })
    await writeFile(join(folder, argument), code)
  }
  t.match(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')), {
    name: 'moonlet-plugin-slug',
    peerDependencies: { moonlet: '^0.1.0' }
  })

  await t.test('every module loads, and every piece of Lua gives what it says', async t => {
    const files = of('file')
      .map(({ argument }) => argument)
      .filter(name => /^[^/.]+\.js$/.test(name) && name !== 'index.js')
    const server = await startMoonlet({
      plugins: ['./', ...files.map(name => `./${name}`)],
      folder,
      settings: { WEATHER_URL: 'http://127.0.0.1:1' }
    })
    t.teardown(() => server.close())
    for (const { argument, code } of of('lua')) {
      t.match((await server.run(code)).body, argument, code)
    }
    t.match(
      (await server.run('return { body = select(2, pcall(slug.make, {})) }')).body,
      "bad argument #1 to 'slug.make' (string expected, got table)"
    )

    const id = await server.save('return { statusCode = 201, body = event.body }')
    const run = await fetch(`${server.url}/plugins/visits/run/${id}`, { method: 'POST' })
    t.same(await run.json(), { status: 201 })
    t.equal((await server.call(id, { headers: { 'User-Agent': 'greedy' } })).status, 500)
    t.match(await server.api('/plugins/visits/'), [{ day: /^\d{4}-\d\d-\d\d$/, count: Number }])
    t.match(await server.api('/plugins/visits/between/2000-01-01/9999-12-31'), [{ count: Number }])
    t.same(await server.api('/plugins/visits/between/2000-01-01/2000-01-02'), [])
    t.match(await server.api('/api/plugins'), [
      { name: 'slug' },
      {},
      {},
      { name: 'visits', page: { title: 'Visits', path: '/plugins/visits/' } },
      {
        name: 'board',
        page: { titles: { 'pt-BR': 'Quadro' }, path: '/plugins/board/', embedded: true }
      }
    ])
    t.same(await server.api('/plugins/board/numbers'), [1, 2, 3])
    const definitions = await (await fetch(`${server.url}/moonlet.lua`)).text()
    t.match(definitions, 'function slug.make (text, length) end')
  })

  await t.test('its test passes', async t => {
    await mkdir(join(folder, 'node_modules'))
    await symlink(resolve('.'), join(folder, 'node_modules/moonlet'))
    for (const { code } of of('test')) {
      const { exitCode, all } = await sh(code)
      t.equal(exitCode, 0, all)
      t.match(all, /pass 1/)
    }
  })
})
