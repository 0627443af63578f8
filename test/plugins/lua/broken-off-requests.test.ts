/** Requests to services that are still open when their execution ends, with a real service that never replies. */
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { API_KEY, build } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { saveCode, startGate } from '../../helpers/gate.js'

const headers = { authorization: `Bearer ${API_KEY}` }
const SECRET = 'plain-words-of-a-variable'

const services = {
  ai: {
    list: 'ai-requests',
    call: `ai.chat({ provider = "openai", model = "m", messages = { { role = "user", content = env.get("NOTE") } } })`
  },
  email: {
    list: 'email-requests',
    call: `email.send({ from = "a@example.com", to = "b@example.com", subject = "s", text = env.get("NOTE") })`
  }
}

async function read(app: FastifyInstance, url: string): Promise<string> {
  return (await app.inject({ url, headers })).body
}

for (const [name, { list, call }] of Object.entries(services)) {
  t.test(
    `${name}: a request that the end of its execution breaks off is kept, with values of variables masked`,
    async t => {
      const gate = await startGate(t)
      const app = await build(t, { EXECUTION_TIMEOUT: '1', HTTP_ALLOW_PRIVATE: 'true' })
      const id = await saveCode(app, `function handler()\n  ${call}\n  return {}\nend`)
      const address = `http://127.0.0.1:${gate.port}`
      const saved = await app.inject({
        method: 'PUT',
        url: `/api/functions/${id}/env`,
        headers,
        payload: {
          env_vars: {
            NOTE: SECRET,
            OPENAI_API_KEY: 'sk-key-of-a-test',
            OPENAI_ENDPOINT: address,
            RESEND_API_KEY: 're_key-of-a-test',
            RESEND_BASE_URL: address
          }
        }
      })
      t.equal(saved.statusCode, 200, saved.body)
      const answer = await app.inject(`/fn/${id}`)
      t.equal(answer.statusCode, 500)
      const url = `/api/executions/${String(answer.headers['x-execution-id'])}/${list}`
      await eventually(t, async () => /"status":"error"/.test(await read(app, url)), true)
      const kept = await read(app, url)
      t.match(kept, /the execution ended before the reply/)
      t.match(kept, /REDACTED/)
      t.notMatch(kept, new RegExp(SECRET))
    }
  )
}
