import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { callApi, CODE, createPair } from './moonlet.js'

const ECHO = `function handler(ctx, event)
  log.info("got " .. event.body)
  return { statusCode = 201, body = event.method .. " " .. event.relativePath .. " " .. event.body }
end
`

async function pushed(t: Test, code = ECHO) {
  const { server, ana } = await createPair(t)
  await ana.write('echo/main.lua', code)
  const { code: exit, err } = await ana.moonlet('push', '--yes')
  if (exit !== 0) throw new Error(err)
  const { id } = JSON.parse(await ana.read('echo/function.json')) as { id: string }
  return { server, ana, id }
}

t.test('run calls a function: the answer on standard output, its logs beside', async t => {
  const { ana } = await pushed(t)
  t.match(await ana.moonlet('run', 'echo', '--data', '{"a":1}', '--path', '/b c'), {
    code: 0,
    out: 'POST /b c {"a":1}\n',
    err: /info {2}got {"a":1}\n201 after/
  })
  await ana.write('body.txt', 'from a file')
  t.match(await ana.moonlet('run', 'echo', '-X', 'put', '-d', '@body.txt', '--json'), {
    code: 0,
    err: '',
    json: { status_code: 201, body: 'PUT / from a file', logs: [{ message: 'got from a file' }] }
  })
  t.match(await ana.moonlet('run', 'nobody'), {
    code: 1,
    err: /no function with the id, slug or name/
  })
  t.match(await ana.moonlet('run', 'echo', '--query', 'x'), {
    code: 2,
    err: /--query wants name=value/
  })
})

t.test('run sends the bytes of a file as they are; a draft takes text', async t => {
  const { ana } = await pushed(
    t,
    'function handler(ctx, event) return { body = #event.body .. " " .. event.body:byte(1) } end'
  )
  await ana.write('image.bin', Buffer.from([0xff, 0xfe, 0x00]))
  t.match(await ana.moonlet('run', 'echo', '-d', '@image.bin'), { code: 0, out: '3 255\n' })
  t.match(await ana.moonlet('run', 'echo', '-d', '@image.bin', '--draft', 'echo/main.lua'), {
    code: 1,
    err: /is no text, which only a public function takes/
  })
})

t.test('run --draft runs a file that is not saved; what fails exits with 1', async t => {
  const { server, ana, id } = await pushed(t)
  await ana.write('draft.lua', ECHO.replace('201', '202'))
  t.match(await ana.moonlet('run', 'echo', '--draft', 'draft.lua', '--json'), {
    code: 0,
    json: { status_code: 202, body: 'GET / ' }
  })
  await ana.write('draft.lua', 'function handler() error("no such moon") end')
  t.match(await ana.moonlet('run', 'echo', '--draft', 'draft.lua'), {
    code: 1,
    err: /no such moon/
  })
  const { versions } = await callApi(server, 'GET', `/api/functions/${id}/versions`)
  t.equal(versions.length, 1)
})

t.test('a function that not everybody may call is run by its owner', async t => {
  const { server, ana, id } = await pushed(t)
  await callApi(server, 'PUT', `/api/functions/${id}`, { access: { mode: 'key' } })
  t.match(await ana.moonlet('run', 'echo', '--json'), { code: 0, json: { status_code: 201 } })
})

t.test('executions and logs show what has run', async t => {
  const { server, ana, id } = await pushed(t)
  await fetch(`${server.base}/fn/${id}/x`, { method: 'POST', body: 'one' })
  await ana.moonlet('pull')
  t.match(await ana.moonlet('executions', 'echo', '--json'), {
    code: 0,
    err: '',
    json: { executions: [{ status: 'success', status_code: 201 }] }
  })
  t.match(await ana.moonlet('executions', 'echo'), { out: /^ID .*\n.* 201 .*POST \/fn\// })
  t.match(await ana.moonlet('logs', 'echo'), { code: 0, out: /echo 201 .*\n.*info {2}got one/ })
  t.match(await ana.moonlet('logs', '--json'), {
    json: { executions: [{ logs: [{ message: 'got one' }] }] }
  })
  t.match(await ana.moonlet('logs', '--limit', '0'), { code: 2 })
})

t.test('logs -f shows each run as it ends', async t => {
  const { server, ana, id } = await pushed(t)
  const following = ana.start('logs', '-f', 'echo')
  await eventually(t, following.err, /Listening/)
  await fetch(`${server.base}/fn/${id}`, { method: 'POST', body: 'live' })
  await eventually(t, following.out, /info {2}got live/)
  following.kill('SIGINT')
  t.equal((await following.ended).code, 'SIGINT')
  const documents = ana.start('logs', '-f', '--json')
  await eventually(
    t,
    async () => {
      await fetch(`${server.base}/fn/${id}`, { method: 'POST', body: 'json' })
      return documents.out()
    },
    /\n/
  )
  t.match(JSON.parse(documents.out().split('\n')[0] as string), { logs: [{ message: 'got json' }] })
})

t.test('env sets and removes variables one by one, and shows values only when asked', async t => {
  const { server, ana, id } = await pushed(t)
  t.match(await ana.moonlet('env', 'set', 'echo', 'A=1=2', 'B=x y'), { code: 0, err: '' })
  t.match(await ana.moonlet('env', 'list', 'echo'), { out: 'A\nB\n' })
  t.match(await ana.moonlet('env', 'list', 'echo', '--values', '--json'), {
    json: { env_vars: { A: '1=2', B: 'x y' } }
  })
  t.equal((await ana.moonlet('env', 'unset', 'echo', 'A')).code, 0)
  t.match(await ana.moonlet('env', 'unset', 'echo', 'A'), { code: 1, err: /no variable A/ })
  t.same((await callApi(server, 'GET', `/api/functions/${id}`)).env_vars, { B: 'x y' })
  t.match(await ana.moonlet('push', '--yes'), { out: /^Nothing to push/ }, 'that is no conflict')
  t.equal((await ana.moonlet('pull')).code, 0)
  t.match(JSON.parse(await ana.read('echo/function.json')), { env_vars: { B: null } })
})

t.test('env --shared does the same with the variables that all functions share', async t => {
  const { server, ana } = await pushed(t)
  t.match(await ana.moonlet('env', 'set', '--shared', 'A=1', 'B=2'), {
    code: 0,
    out: 'shared: A, B set\n'
  })
  t.match(await ana.moonlet('env', 'list', '--shared', '--values'), { out: 'A=1\nB=2\n', err: '' })
  await ana.moonlet('env', 'set', 'echo', 'A=own')
  t.match(await ana.moonlet('env', 'list', 'echo'), {
    out: 'A\n',
    err: /^Shared by all functions: B\n/
  })
  t.match(await ana.moonlet('env', 'list', 'echo', '--json'), {
    err: '',
    json: { names: ['A'], shared: ['B'] }
  })
  t.match(await ana.moonlet('env', 'unset', '--shared', 'A', 'X'), {
    code: 1,
    err: /no shared variable X/
  })
  t.equal((await ana.moonlet('env', 'unset', '--shared', 'A')).code, 0)
  t.same((await callApi(server, 'GET', '/api/env')).env_vars, { B: '2' })
  t.match(await ana.moonlet('env', 'list', '--shared', '--json'), { json: { names: ['B'] } })
  for (const args of [['list'], ['set'], ['set', 'echo'], ['unset', '--shared']]) {
    t.match(await ana.moonlet('env', ...args), { code: 2, err: /Wanted: / }, args.join(' '))
  }
  t.match(await ana.moonlet('env', 'list', '--shared', 'echo'), { code: 2 })
})

t.test('kv lists, reads, writes and deletes values of a function and of all', async t => {
  const { ana } = await pushed(t)
  for (const where of [['echo'], ['--global']]) {
    const kv = (command: string, ...args: string[]) => ana.moonlet('kv', command, ...where, ...args)
    t.equal((await kv('set', 'a/..', 'one')).code, 0)
    t.equal((await kv('set', 'b', 'two', '--ttl', '1000')).code, 0)
    t.match(await kv('get', 'a/..'), { code: 0, out: 'one\n' })
    t.match(await kv('list', '--json'), { json: { entries: [{ key: 'a/..' }, { key: 'b' }] } })
    t.match(await kv('list', '--prefix', 'b'), { out: /^KEY .*\nb .*two\n$/ })
    t.equal((await kv('delete', 'a/..')).code, 0)
    t.match(await kv('get', 'a/..'), { code: 1, err: /Key not found/ })
  }
  t.match(await ana.moonlet('kv', 'get', 'echo'), { code: 2, err: /Wanted: <function> <key>/ })
})

t.test('versions are listed, activated and rolled back', async t => {
  const { server, ana, id } = await pushed(t)
  await ana.write('echo/main.lua', CODE)
  await ana.moonlet('push', '--yes', '-m', 'quiet', '--commit', '0123456789abcdef')
  t.match(await ana.moonlet('versions', 'echo'), {
    code: 0,
    out: /^VERSION .*\n2 +active .* api_key +0123456789ab +quiet\n1 /
  })
  const active = async () =>
    (await callApi(server, 'GET', `/api/functions/${id}`)).active_version.version
  t.match(await ana.moonlet('rollback', 'echo'), {
    code: 0,
    out: 'echo: version 1 is active (was 2)\n'
  })
  t.equal(await active(), 1)
  t.match(await ana.moonlet('rollback', 'echo'), { code: 1, err: /no version before 1/ })
  t.match(await ana.moonlet('activate', 'echo', '2', '--json'), { json: { version: 2, before: 1 } })
  t.equal(await active(), 2)
  t.match(await ana.moonlet('activate', 'echo', '9'), { code: 1, err: /Version not found/ })
  t.match(await ana.moonlet('activate', 'echo', 'x'), { code: 2 })
})

t.test('openapi prints the document, and nothing but it', async t => {
  const { ana } = await pushed(t)
  const { code, err, json } = await ana.moonlet('openapi')
  t.match([code, err, json.openapi], [0, '', /^3\./])
})

t.test('dev checks each save and runs it as a draft with the last event', async t => {
  const { server, ana, id } = await pushed(t)
  await fetch(`${server.base}/fn/${id}/last`, { method: 'POST', body: 'event' })
  const dev = ana.start('dev')
  await eventually(t, dev.err, /Watching/)
  await ana.write('echo/main.lua', ECHO.replace('got', 'draft got'))
  await eventually(t, dev.out, /POST \/last event/)
  t.match(dev.err(), /draft got event/)
  await ana.write('echo/main.lua', 'function handler(\n  oops')
  await eventually(t, dev.out, /echo\/main\.lua:2/)
  const { versions } = await callApi(server, 'GET', `/api/functions/${id}/versions`)
  t.equal(versions.length, 1, 'nothing is saved')
})

t.test('dev runs a function that is new, and a push enables it', async t => {
  const { server, ana } = await createPair(t)
  const dev = ana.start('dev')
  await eventually(t, dev.err, /Watching/)
  await mkdir(join(ana.folder, 'fresh'))
  await ana.write('fresh/main.lua', CODE)
  await eventually(t, dev.out, /^ok$/m)
  t.match(dev.err(), /fresh is new: .* disabled until it is pushed/)
  const { id } = JSON.parse(await ana.read('fresh/function.json'))
  t.equal((await fetch(`${server.base}/fn/${id}`)).status, 403)
  t.equal((await ana.moonlet('push', '--yes')).code, 0)
  t.equal((await fetch(`${server.base}/fn/${id}`)).status, 200)
})

t.test('dev --push keeps the server equal', async t => {
  const { server, ana, id } = await pushed(t)
  const dev = ana.start('dev', 'echo', '--push', '--json')
  // Not before it watches: it says nothing with --json, so saves come until one is seen. They leave it time: what
  // follows at once belongs to the same save.
  let asked = 0
  await eventually(
    t,
    async () => {
      if (asked++ % 20 === 0) await ana.write('echo/main.lua', `-- ${asked}\n${CODE}`)
      return dev.out()
    },
    /"pushed":true/
  )
  dev.kill('SIGINT')
  await dev.ended
  const { active_version: active } = await callApi(server, 'GET', `/api/functions/${id}`)
  t.match(active.code, /^-- \d+\nfunction handler/)
})
