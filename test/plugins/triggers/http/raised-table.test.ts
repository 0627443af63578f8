import t from 'tap'
import { API_KEY, build } from '../../../helpers/build.js'

const headers = { authorization: `Bearer ${API_KEY}` }

/** What the caller gets and what the record has when the handler raises `value`. */
async function raise(app: Awaited<ReturnType<typeof build>>, value: string) {
  const { id } = (
    await app.inject({
      method: 'POST',
      url: '/api/functions',
      headers,
      payload: { name: 'f', code: `function handler()\n  error(${value})\nend` }
    })
  ).json()
  const answer = await app.inject({ method: 'GET', url: `/fn/${id}` })
  const executionId = String(answer.headers['x-execution-id'])
  const record = (await app.inject({ url: `/api/executions/${executionId}`, headers })).json()
  return { status: answer.statusCode, body: answer.json(), record }
}

t.test(
  'a table that a function raises keeps its code and message in record and answer',
  async t => {
    const app = await build(t)
    const { status, body, record } = await raise(
      app,
      '{ code = "not_found", message = "no ördér 7" }'
    )
    t.equal(status, 500)
    t.same(body, { error: 'Function execution failed', code: 'not_found', message: 'no ördér 7' })
    t.match(record.error_message, /^Error: not_found: no ördér 7/)
    t.match(record.error, { kind: 'runtime', code: 'not_found', message: 'no ördér 7' })
  }
)

t.test('other errors tell the caller nothing', async t => {
  const app = await build(t)
  for (const [value, message] of [
    ['{ message = "inside" }', /^Error: inside/],
    ['"inside"', /inside/],
    ['{ code = "" , message = "inside" }', /^Error: inside/],
    ['{ code = {}, message = {} }', /error object is a table value/],
    ['{ code = ("x"):rep(101), message = "inside" }', /^Error: inside/],
    [
      'setmetatable({}, { __index = { code = "c", message = "m" } })',
      /error object is a table value/
    ]
  ] as const) {
    const { body, record } = await raise(app, value)
    t.same(body, { error: 'Function execution failed' }, value)
    t.match(record.error_message, message)
  }
})

t.test('a number is a code as well, and __tostring gives the message', async t => {
  const app = await build(t)
  const number = await raise(app, '{ code = 42, message = "m" }')
  t.match(number.body, { code: '42', message: 'm' })
  const made = await raise(
    app,
    'setmetatable({ code = "c" }, { __tostring = function() return "made" end })'
  )
  t.match(made.body, { code: 'c', message: 'made' })
})

t.test('what a raised table tells is masked', async t => {
  const app = await build(t)
  const { body, record } = await raise(
    app,
    '{ code = "denied", message = "with Bearer abcdefghijklmnopqrstuvwxyz012345" }'
  )
  t.notMatch(JSON.stringify(body), 'abcdefghijklmnopqrstuvwxyz012345')
  t.notMatch(JSON.stringify(record), 'message\\":\\"with Bearer abcdefghijklmnopqrstuvwxyz012345')
})
