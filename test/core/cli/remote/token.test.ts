import t from 'tap'
import { callApi, CODE, createDeveloper, createPair } from './moonlet.js'

t.test(
  'a token for CI pushes and pulls; versions have its name, other commands its missing scope',
  async t => {
    const { server } = await createPair(t)
    const { token } = await callApi(server, 'POST', '/api/tokens', {
      name: 'deploy',
      scopes: ['functions:read', 'functions:write']
    })
    const ci = await createDeveloper(t, { MOONLET_URL: server.base, MOONLET_TOKEN: token })
    await ci.write('hello/main.lua', CODE)
    t.equal((await ci.moonlet('push', '--yes')).code, 0)
    t.equal((await ci.moonlet('pull', '--check')).code, 0)
    t.match(await ci.moonlet('versions', 'hello', '--json'), {
      json: { versions: [{ version: 1, created_by: 'deploy' }] }
    })
    t.match(await ci.moonlet('executions', 'hello', '--json'), {
      code: 4,
      err: '',
      json: { error: 'This token lacks the scope executions:read', status: 403 }
    })
  }
)
