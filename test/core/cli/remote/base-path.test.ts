import t from 'tap'
import { API_KEY } from '../../../helpers/build.js'
import { startServer } from '../../../helpers/server.js'
import { createDeveloper } from './moonlet.js'

t.test('commands work with a server that lives below a path', async t => {
  const server = await startServer(t, { BASE_PATH: '/moonlet/' })
  t.match(server.base, /:\d+\/moonlet$/, 'it says so itself')
  const ana = await createDeveloper(t)
  const login = await ana.moonlet('login', `${server.base}/`, '--token', API_KEY)
  t.match(login, { code: 0, out: `Logged in to ${server.base}.` })
  await ana.write(
    'echo/main.lua',
    'function handler(_, event)\n  return { body = event.path }\nend\n'
  )
  t.equal((await ana.moonlet('push', '--yes')).code, 0)
  const { id } = JSON.parse(await ana.read('echo/function.json')) as { id: string }
  t.match(await ana.moonlet('run', 'echo', '--path', '/x'), { code: 0, out: `/fn/${id}/x\n` })
  t.match(await ana.moonlet('executions', 'echo', '--json'), {
    code: 0,
    json: { executions: [{ status: 'success' }] }
  })
  t.match(await ana.moonlet('openapi'), { code: 0, out: `"url": "http` })
  const outside = await ana.moonlet('login', new URL(server.base).origin, '--token', API_KEY)
  t.match(outside, { code: 5, err: /does not look like a Moonlet server: it answered .* 404/ })
})
