import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { execFile } from 'node:child_process'
import { cp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { callApi, CODE, createDeveloper, createPair } from './moonlet.js'

const exec = promisify(execFile)

t.test('from nothing to a call: login, init, new, push, call', async t => {
  const { server, ana } = await createPair(t)
  t.equal((await ana.moonlet('init')).code, 0)
  t.match(await ana.moonlet('new', 'hello', '--template', 'http'), { code: 0, err: '' })
  t.match(await ana.moonlet('push', '--yes', '--message', 'first'), {
    code: 0,
    out: /^hello: created, version 1$/m
  })
  const { id } = JSON.parse(await ana.read('hello/function.json'))
  const response = await fetch(`${server.base}/fn/${id}?name=Luna`)
  t.match(await response.json(), { message: 'Hello, Luna!' })
  const { versions } = await callApi(server, 'GET', `/api/functions/${id}/versions`)
  t.match(versions, [{ version: 1, message: 'first', created_by: 'api_key' }])
  const { text } = await readAudit(server)
  t.match(text, /"via":"cli"/, 'the audit knows that it was the program')
})

async function readAudit({ base, key }: { base: string; key: string }) {
  const response = await fetch(`${base}/api/audit`, { headers: { authorization: `Bearer ${key}` } })
  return { text: await response.text() }
}

t.test('the token is kept for its user alone, and only when the server takes it', async t => {
  const { server, ana } = await createPair(t)
  const file = join(ana.env.XDG_CONFIG_HOME as string, 'moonlet/config.json')
  t.equal((await stat(file)).mode & 0o777, 0o600)
  const bob = await createDeveloper(t)
  t.match(await bob.moonlet('login', server.base, '--token', 'wrong', '--json'), {
    code: 4,
    err: '',
    json: { error: /does not take this token/ }
  })
  await t.rejects(stat(join(bob.env.XDG_CONFIG_HOME as string, 'moonlet/config.json')))
  const asked = bob.start('login', server.base)
  asked.input(`${server.key}\n`)
  t.equal((await asked.ended).code, 0, 'from standard input')
  t.equal((await bob.moonlet('diff')).code, 0)
  t.equal((await bob.moonlet('logout')).code, 0)
  t.match(await bob.moonlet('diff'), { code: 4, err: /run "moonlet login URL"/ })
})

t.test('MOONLET_URL and MOONLET_TOKEN do without a login', async t => {
  const { server } = await createPair(t)
  const ci = await createDeveloper(t, { MOONLET_URL: server.base, MOONLET_TOKEN: server.key })
  await ci.write('hello/main.lua', CODE)
  t.match(await ci.moonlet('push', '--yes', '--json'), {
    code: 0,
    err: '',
    json: { pushed: [{ name: 'hello', action: 'created', version: 1 }] }
  })
})

t.test('a project cannot send a token to a server that nobody logged in to', async t => {
  const { ana } = await createPair(t)
  await ana.write('moonlet.json', '{ "url": "http://127.0.0.1:9" }')
  t.match(await ana.moonlet('pull'), { code: 4, err: /nobody has logged in/ })
})

t.test('pull writes what the server has, as export does, and is quiet the second time', async t => {
  const { server, ana } = await createPair(t)
  const { id } = await callApi(server, 'POST', '/api/functions', {
    name: 'a/b',
    code: CODE,
    slug: 'ab'
  })
  await callApi(server, 'PUT', `/api/functions/${id}/env`, { env_vars: { SECRET: 'hush' } })
  t.match(await ana.moonlet('pull', '--json'), {
    code: 0,
    err: '',
    json: { functions: [{ name: 'a/b', id, folder: 'a-b', action: 'created' }] }
  })
  t.equal(await ana.read('a-b/main.lua'), CODE)
  t.match(JSON.parse(await ana.read('a-b/function.json')), {
    id,
    name: 'a/b',
    slug: 'ab',
    env_vars: { SECRET: null }
  })
  t.match(await ana.read('moonlet.lua'), /^---@meta/)
  t.match(JSON.parse(await ana.read('.luarc.json')), { 'workspace.library': ['moonlet.lua'] })
  t.match(await ana.moonlet('pull'), { code: 0, out: '1 function, 1 unchanged.\n' })
  t.equal((await ana.moonlet('pull', '--check')).code, 0)
})

t.test('pull --check writes nothing and exits with 3 when the server differs', async t => {
  const { server, ana } = await createPair(t)
  await ana.write('here/main.lua', CODE)
  await ana.moonlet('push', '--yes')
  const { id } = JSON.parse(await ana.read('here/function.json'))
  await callApi(server, 'PUT', `/api/functions/${id}`, { description: 'from the dashboard' })
  await callApi(server, 'POST', '/api/functions', { name: 'there', code: CODE })
  await ana.write('new/main.lua', CODE)
  t.match(await ana.moonlet('pull', '--check', '--json'), {
    code: 3,
    err: '',
    json: {
      equal: false,
      differences: [
        { name: 'here', difference: 'differs' },
        { name: 'new', difference: 'only-in-folder' },
        { name: 'there', difference: 'only-on-server' }
      ]
    }
  })
  await t.rejects(stat(join(ana.folder, 'there')))
})

t.test('two people push one function: the second is told, with the difference', async t => {
  const { server, ana, login } = await createPair(t)
  await ana.write('hello/main.lua', CODE)
  await ana.write('other/main.lua', CODE)
  await ana.moonlet('push', '--yes')
  const bob = await createDeveloper(t)
  await login(bob)
  await bob.moonlet('pull')
  await ana.write('hello/main.lua', CODE.replace('ok', 'of ana'))
  t.equal((await ana.moonlet('push', '--yes')).code, 0)
  await bob.write('hello/main.lua', CODE.replace('ok', 'of bob'))
  await bob.write('other/main.lua', CODE.replace('ok', 'of bob'))

  const refused = await bob.moonlet('push', '--yes')
  t.equal(refused.code, 3)
  t.match(refused.err, /Nothing was pushed: hello was changed on the server since the last pull/)
  t.match(refused.out, /^-.*of ana/m)
  t.match(refused.out, /^\+.*of bob/m)
  t.match(await bob.moonlet('push', '--yes', '--json'), {
    code: 3,
    err: '',
    json: { error: /Nothing was pushed/, conflicts: [{ name: 'hello', diff: /of ana/ }] }
  })
  const { functions } = await callApi(server, 'GET', '/api/functions?sort=name')
  t.match(functions, [
    { active_version: { code: /of ana/, version: 2 } },
    { active_version: { code: CODE, version: 1 } }
  ])

  t.match(await bob.moonlet('pull'), { code: 0, out: /main\.lua\.mine/ })
  t.match(await bob.read('hello/main.lua'), /of ana/)
  t.match(await bob.read('hello/main.lua.mine'), /of bob/, 'nothing is lost')
  t.match(await bob.moonlet('push', '--yes', '--json'), {
    code: 0,
    json: { pushed: [{ name: 'other', action: 'changed' }] }
  })
})

t.test(
  '--force overwrites what was changed on the server, and brings back what was deleted',
  async t => {
    const { server, ana } = await createPair(t)
    await ana.write('one/main.lua', CODE)
    await ana.write('two/main.lua', CODE)
    await ana.moonlet('push', '--yes')
    const idOf = async (name: string) => JSON.parse(await ana.read(`${name}/function.json`)).id
    await callApi(server, 'PUT', `/api/functions/${await idOf('one')}`, { code: 'return 2' })
    await callApi(server, 'DELETE', `/api/functions/${await idOf('two')}`)
    const { code, err } = await ana.moonlet('push', '--yes')
    t.match({ code, err }, { code: 3, err: /two was deleted on the server/ })
    t.match(err, /Take it over with "moonlet pull".+ there: remove it here, too \(two\), or/)
    t.equal((await ana.moonlet('push', '--yes', '--force')).code, 0)
    t.match(await callApi(server, 'GET', '/api/functions?sort=name'), {
      functions: [
        { name: 'one', active_version: { code: CODE, version: 3 } },
        { name: 'two', id: await idOf('two') }
      ]
    })
  }
)

t.test(
  'a push sends settings, clears what the file does not have, and leaves other functions',
  async t => {
    const { server, ana } = await createPair(t)
    const settings = {
      name: 'hello',
      description: 'd',
      cron_schedule: '0 * * * *',
      cron_status: 'active',
      slug: 'hello',
      rate_limit: { requests: 10, seconds: 60, by: 'ip' },
      max_concurrency: 3
    }
    await ana.write('hello/main.lua', CODE)
    await ana.write('hello/function.json', JSON.stringify(settings))
    const { id: other } = await callApi(server, 'POST', '/api/functions', {
      name: 'other',
      code: CODE
    })
    t.equal((await ana.moonlet('push', '--yes')).code, 0)
    const { id } = JSON.parse(await ana.read('hello/function.json'))
    t.match(await callApi(server, 'GET', `/api/functions/${id}`), settings)
    t.match(await ana.moonlet('push', '--yes'), { code: 0, out: /^Nothing to push/ })
    await ana.write('hello/function.json', JSON.stringify({ id, name: 'hello', disabled: true }))
    t.equal((await ana.moonlet('push', '--yes')).code, 0)
    const now = await callApi(server, 'GET', `/api/functions/${id}`)
    t.match(now, {
      disabled: true,
      description: '',
      cron_schedule: '',
      active_version: { version: 1 }
    })
    for (const name of ['slug', 'rate_limit', 'max_concurrency']) t.notOk(name in now, name)
    t.match(await callApi(server, 'GET', `/api/functions/${other}`), { name: 'other' })
  }
)

t.test('without a terminal nobody is asked, and nothing is pushed without --yes', async t => {
  const { server, ana } = await createPair(t)
  await ana.write('hello/main.lua', CODE)
  t.match(await ana.moonlet('push'), { code: 2, err: /--yes pushes without asking/ })
  t.same((await callApi(server, 'GET', '/api/functions')).functions, [])
})

t.test('--no-activate makes a version that does not run, and is not pushed twice', async t => {
  const { server, ana } = await createPair(t)
  await ana.write('hello/main.lua', CODE)
  await ana.moonlet('push', '--yes')
  await ana.write('hello/main.lua', CODE.replace('ok', 'later'))
  t.match(await ana.moonlet('push', '--yes', '--no-activate'), {
    code: 0,
    out: /^hello: changed, version 2, not active$/m
  })
  const { id } = JSON.parse(await ana.read('hello/function.json'))
  t.match(await callApi(server, 'GET', `/api/functions/${id}`), { active_version: { version: 1 } })
  t.match(await ana.moonlet('push', '--yes'), { out: /^Nothing to push/ })
  t.equal((await ana.moonlet('pull', '--check')).code, 3)
})

t.test('what is wrong in the folder ends a push before anything is sent', async t => {
  const { server, ana } = await createPair(t)
  await ana.write('good/main.lua', CODE)
  for (const [file, text, complaint] of [
    ['bad/function.json', '{ "name": "x" }', /bad: main\.lua is missing/],
    ['bad/function.json', '{', /bad: .*not JSON|main\.lua is missing/],
    ['good/function.json', '{ "name": "good", "colour": 1 }', /good: .*no field "colour"/],
    [
      'good/function.json',
      '{ "name": "good", "env_vars": { "A": "1" } }',
      /moonlet env set good A=/
    ],
    ['good/function.json', '{ "name": "good", "cron_schedule": "x" }', /good: cron_schedule: /],
    ['good/main.lua', ' ', /good: code: code cannot be empty/]
  ] as const) {
    await ana.write(file, text)
    const { code, err } = await ana.moonlet('push', '--yes')
    t.equal(code, 1, err)
    t.match(err, complaint)
    await rm(join(ana.folder, 'bad'), { recursive: true, force: true })
    await rm(join(ana.folder, 'good/function.json'), { force: true })
    await ana.write('good/main.lua', CODE)
  }
  t.same((await callApi(server, 'GET', '/api/functions')).functions, [])
})

t.test('a copy of a folder with its id is refused; names that nobody has are told', async t => {
  const { ana } = await createPair(t)
  await ana.write('one/main.lua', CODE)
  await ana.moonlet('push', '--yes')
  await cp(join(ana.folder, 'one'), join(ana.folder, 'two'), { recursive: true })
  t.match(await ana.moonlet('push', '--yes'), { code: 1, err: /two: its id is also that of one/ })
  t.match(await ana.moonlet('push', 'three', '--yes'), {
    code: 1,
    err: /has a function or module "three"/
  })
})

t.test('errors say what to do: no server, no such host, no Moonlet, TLS', async t => {
  const { server } = await createPair(t)
  const { port } = new URL(server.base)
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port: free } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  for (const [url, complaint] of [
    [`http://127.0.0.1:${free}`, /nothing listens there/],
    ['http://moonlet.invalid', /no such host|cannot be looked up/],
    [`https://127.0.0.1:${port}`, /does not speak TLS there/],
    [`${server.base}/docs`, /does not look like a Moonlet server/]
  ] as const) {
    const ci = await createDeveloper(t, { MOONLET_URL: url, MOONLET_TOKEN: 'x' })
    const { code, out, err } = await ci.moonlet('pull')
    t.match([code, out], [5, ''], url)
    t.match(err, complaint)
    t.equal(err.trimEnd().split('\n').length, 1, 'in one line')
  }
})

t.test(
  'with git, versions know their commit, and a fresh clone may push what is newer',
  async t => {
    const { server, ana, login } = await createPair(t)
    const git = (folder: string, ...args: string[]) =>
      exec('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args])
    const commit = async () => {
      await git(ana.folder, 'add', '-A')
      await git(ana.folder, 'commit', '-qm', 'x')
      return (await git(ana.folder, 'rev-parse', 'HEAD')).stdout.trim()
    }
    await git(ana.folder, 'init', '-q')
    await ana.moonlet('init')
    await ana.moonlet('new', 'hello')
    await ana.moonlet('push', '--yes')
    await commit()
    await ana.write('hello/main.lua', CODE)
    const second = await commit()

    const ci = await createDeveloper(t)
    await login(ci)
    await rm(ci.folder, { recursive: true })
    await git(ana.folder, 'clone', '-q', ana.folder, ci.folder)
    t.match(await ci.moonlet('push', '--yes'), { code: 0, out: /hello: changed, version 2/ })
    const { id } = JSON.parse(await ana.read('hello/function.json'))
    const { versions } = await callApi(server, 'GET', `/api/functions/${id}/versions`)
    t.equal(versions[0].commit, second)
    t.notOk('commit' in versions[1], 'the first push was of files that were not committed')

    await callApi(server, 'PUT', `/api/functions/${id}`, { description: 'by hand' })
    await rm(ci.folder, { recursive: true })
    await git(ana.folder, 'clone', '-q', ana.folder, ci.folder)
    t.match(await ci.moonlet('push', '--yes'), { code: 3, err: /never pulled here/ })
  }
)
