import t from 'tap'
import { callApi, CODE, createDeveloper, createPair } from './moonlet.js'

const BROKEN = 'function handler()\n  return {\nend\n'

t.test('code that cannot run ends a push before anything is changed', async t => {
  const { server, ana } = await createPair(t)
  await ana.write('good/main.lua', CODE)
  await ana.write('bad/main.lua', BROKEN)
  await ana.write('worse/main.lua', 'function handler(\n')
  const { code, out, err } = await ana.moonlet('push', '--yes')
  t.match([code, out], [1, ''])
  t.match(err, /^Nothing was pushed:\nbad\/main\.lua:3:1: .+\nworse\/main\.lua:2:?\d*: .+\n$/)
  t.match(await ana.moonlet('push', '--yes', '--force', '--json'), {
    code: 1,
    err: '',
    json: { error: /^Nothing was pushed/, problems: [/^bad\/main\.lua:3:1: /, /^worse/] }
  })
  t.same((await callApi(server, 'GET', '/api/functions')).functions, [])
  t.equal((await ana.moonlet('push', 'good', '--yes')).code, 0, 'the others can be pushed')
})

t.test(
  'code of functions that are disabled may be unfinished, and so may what is there',
  async t => {
    const { server, ana } = await createPair(t)
    await ana.write('draft/main.lua', BROKEN)
    await ana.write('draft/function.json', '{ "name": "draft", "disabled": true }')
    t.match(await ana.moonlet('push', '--yes'), {
      code: 0,
      out: /^draft: created, version 1$/m,
      err: /^draft\/main\.lua:3:1: /
    })
    const { id } = JSON.parse(await ana.read('draft/function.json'))
    await callApi(server, 'PUT', `/api/functions/${id}`, { disabled: false })
    await ana.moonlet('pull')
    const settings = JSON.parse(await ana.read('draft/function.json'))
    await ana.write('draft/function.json', JSON.stringify({ ...settings, description: 'later' }))
    t.match(await ana.moonlet('push', '--yes'), { code: 0, out: /draft: changed/ })
  }
)

t.test('a push larger than the server takes is refused whole, with both sizes', async t => {
  const { server, ana } = await createPair(t, { BODY_LIMIT: '256KiB' })
  for (const name of ['one', 'two', 'three']) {
    await ana.write(`${name}/main.lua`, `${CODE}-- ${'x'.repeat(100_000)}\n`)
  }
  t.match(await ana.moonlet('push', '--yes'), {
    code: 1,
    err: /3 functions are 30\d{4} bytes, and http:\S+ takes 262144 bytes at once\. Name .* BODY_LIMIT/
  })
  t.same((await callApi(server, 'GET', '/api/functions')).functions, [])
  t.equal((await ana.moonlet('push', 'one', 'two', '--yes')).code, 0)
  t.equal((await ana.moonlet('push', '--yes')).code, 0, 'only what differs is sent')
})

t.test('what a token is not for is never told as deleted', async t => {
  const { server, ana } = await createPair(t)
  for (const name of ['mine', 'other', 'gone']) await ana.write(`${name}/main.lua`, CODE)
  await ana.moonlet('push', '--yes')
  const idOf = async (name: string) =>
    JSON.parse(await ana.read(`${name}/function.json`)).id as string
  const [mine, other, gone] = [await idOf('mine'), await idOf('other'), await idOf('gone')]
  const { token } = await callApi(server, 'POST', '/api/tokens', {
    name: 'mine',
    scopes: ['functions:read', 'functions:write'],
    functions: [mine, gone]
  })
  await callApi(server, 'DELETE', `/api/functions/${gone}`)
  const bob = await createDeveloper(t)
  await bob.moonlet('login', server.base, '--token', token)
  for (const name of ['mine', 'other', 'gone']) {
    await bob.write(`${name}/main.lua`, CODE)
    await bob.write(`${name}/function.json`, await ana.read(`${name}/function.json`))
  }
  await ana.moonlet('logout')
  await ana.moonlet('login', server.base, '--token', token)
  for (const who of [ana, bob]) {
    t.match(await who.moonlet('pull'), {
      code: 0,
      out: /^other: not visible to this token, left as it is$/m
    })
    t.match(await who.moonlet('diff', '--json'), {
      code: 0,
      json: { not_visible: ['other'], differences: [{ name: 'gone' }] }
    })
    t.match(await who.moonlet('diff'), { err: /other is not visible to this token/ })
    t.match(await who.moonlet('push', 'other', '--yes'), {
      code: 4,
      err: /Nothing was pushed.*other/
    })
  }
  t.match(await ana.moonlet('pull'), { out: /^gone: deleted on the server/m })
  await ana.write('mine/main.lua', `${CODE}-- more\n`)
  await ana.write('other/main.lua', `${CODE}-- more\n`)
  t.match(await ana.moonlet('push', 'mine', '--yes', '--json'), {
    code: 0,
    json: { pushed: [{ name: 'mine', id: mine }] }
  })
  t.match(await callApi(server, 'GET', `/api/functions/${other}`), {
    active_version: { code: CODE }
  })
  await callApi(server, 'PUT', `/api/functions/${mine}`, { description: 'x' })
  t.match(await ana.moonlet('pull', '--check', '--json'), {
    code: 3,
    json: { not_visible: ['other'], differences: [{ name: 'gone' }, { name: 'mine' }] }
  })
})

t.test('bytes that are no UTF-8 are told with file and line, and nothing is pushed', async t => {
  const { server, ana } = await createPair(t)
  const latin1 = Buffer.from('function handler()\n  return { body = "caf\xe9" }\nend\n', 'latin1')
  await ana.write('latin/main.lua', latin1)
  const why = /latin: main\.lua is not UTF-8: line 2 has the byte 0xe9\. Save it as UTF-8/
  t.match(await ana.moonlet('push', '--yes'), { code: 1, err: why })
  t.match(await callApi(server, 'GET', '/api/functions'), { functions: [] })
  await ana.write('utf16/main.lua', Buffer.from(`\uFEFF${CODE}`, 'utf16le'))
  t.match(await ana.moonlet('diff'), { code: 1, err: /utf16: main\.lua is not UTF-8: line 1/ })
  t.match(await ana.moonlet('run', 'latin', '--draft', 'latin/main.lua'), { code: 1 })
})

t.test('a byte order mark before code and settings is left out', async t => {
  const { server, ana } = await createPair(t)
  await ana.write('marked/main.lua', `\uFEFF${CODE}`)
  await ana.write('marked/function.json', '\uFEFF{ "name": "marked", "description": "d" }')
  t.match(await ana.moonlet('push', '--yes'), { code: 0, out: /^marked: created, version 1$/m })
  t.match(await callApi(server, 'GET', '/api/functions'), {
    functions: [{ name: 'marked', description: 'd', active_version: { code: CODE } }]
  })
  t.match(await ana.moonlet('pull', '--check'), { code: 0 })
})

t.test('settings that are no object, and a function called node_modules', async t => {
  const { server, ana } = await createPair(t)
  await ana.write('list/main.lua', CODE)
  await ana.write('list/function.json', '[]')
  t.match(await ana.moonlet('diff'), { code: 1, err: /^list: function\.json: must be object$/m })
  await callApi(server, 'POST', '/api/functions', { name: 'node_modules', code: CODE })
  t.match(await ana.moonlet('pull'), { out: /^_node_modules: new$/m })
  t.match(await ana.moonlet('pull'), { out: /1 unchanged/ })
})
