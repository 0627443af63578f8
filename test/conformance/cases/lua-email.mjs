// email.send against a local stand-in (RESEND_BASE_URL in the function's env).
import { test } from '../lib/dsl.mjs'

export const area = 'lua-email'

const SENT = { body: { id: 'em_123' } }
const MIN = 'from = "a@x.example", to = "b@x.example", subject = "Hi", text = "Hello"'

/** Runs code; hands over { values, requests, records, list, t, execId }. */
function mail(name, options, reply, code, check) {
  return test(name, options, async t => {
    const s = t.mock.scenario(typeof reply === 'function' ? reply : () => reply)
    const vars = options.env ?? { RESEND_API_KEY: 're_test_key', RESEND_BASE_URL: `${s.url}/` }
    const { values, response } = await t.lua(code, { env: vars })
    const list = await t.must('GET', `/api/executions/${response.execId}/email-requests`)
    await check({
      values,
      requests: s.requests,
      records: list.email_requests,
      list,
      t,
      execId: response.execId
    })
  })
}

/** Each [fields, body]: email.send with these fields sends this JSON body. */
const sends = (name, options, ...rows) =>
  mail(
    name,
    options,
    SENT,
    `${rows.map(([fields]) => `assert(email.send({ ${fields} }))`).join('\n')}\nreturn "sent"`,
    ({ values, requests, t }) => {
      t.eq(values, ['sent'], 'result')
      rows.forEach(([fields, body], i) => t.eq(requests[i].json(), body, `body for { ${fields} }`))
    }
  )

/** Each [fields, word] is refused before anything is sent or recorded. */
const invalid = (name, options, ...rows) =>
  mail(
    name,
    options,
    SENT,
    `local out = {}\n${rows.map(([fields]) => `do local v, err = email.send({ ${fields} }) out[#out + 1] = v == nil and err or "accepted" end`).join('\n')}\nreturn out`,
    ({ values: [errors], requests, records, t }) => {
      rows.forEach(([fields, word], i) => t.match(errors[i], word, `error for { ${fields} }`))
      t.eq([requests.length, records.length], [0, 0], 'requests and records')
    }
  )

/** The provider's answer makes the call fail; the failure is recorded. */
const failing = (name, options, reply, word) =>
  mail(name, options, reply, `return email.send({ ${MIN} })`, ({ values, records, t }) => {
    t.eq([values.length, values[0]], [2, null], 'nil and an error')
    t.match(values[1], word, 'error')
    t.eq(
      records.map(r => [r.status, r.error_message, r.email_id ?? null]),
      [['error', values[1], null]],
      'records'
    )
  })

const BASE = { from: 'a@x.example', to: ['b@x.example'], subject: 'Hi', text: 'Hello' }

export default [
  mail('result', { share: true }, SENT, `return email.send({ ${MIN} })`, ({ values, t }) =>
    t.eq(values, [{ id: 'em_123' }], 'result')
  ),
  mail(
    'request',
    { share: true },
    SENT,
    `return email.send({ ${MIN} })`,
    ({ requests: [q], t }) => {
      t.eq([q.method, q.path], ['POST', '/emails'], 'method and path')
      t.eq(q.headers.authorization, 'Bearer re_test_key', 'authorization')
      t.match(q.headers['content-type'], /^application\/json/, 'content-type')
      t.eq(q.json(), BASE, 'body')
    }
  ),
  sends('several-recipients', { share: true }, [
    'from = "a@x.example", to = { "b@x.example", "c@x.example" }, subject = "Hi", text = "Hello"',
    { ...BASE, to: ['b@x.example', 'c@x.example'] }
  ]),
  sends(
    'scheduled-at',
    { share: true },
    [`${MIN}, scheduled_at = 1709650805`, { ...BASE, scheduled_at: '2024-03-05T15:00:05Z' }],
    [`${MIN}, scheduled_at = "in 1 hour"`, { ...BASE, scheduled_at: 'in 1 hour' }]
  ),
  invalid(
    'required-fields',
    { share: true },
    ['to = "b", subject = "s", text = "t"', /from/],
    ['from = "a", subject = "s", text = "t"', /\bto\b/],
    ['from = "a", to = "b", text = "t"', /subject/],
    ['from = "a", to = "b", subject = "s"', /text.*html|html.*text/]
  ),
  mail(
    'key-missing',
    { share: true, env: {} },
    SENT,
    `return email.send({ ${MIN} })`,
    ({ values, records, t }) => {
      t.eq([values.length, values[0]], [2, null], 'nil and an error')
      t.match(values[1], /RESEND_API_KEY not set/, 'error')
      t.eq(
        records.map(r => [r.status, r.error_message]),
        [['error', values[1]]],
        'records'
      )
    }
  ),
  failing(
    'provider-refuses-the-content',
    { share: true },
    {
      status: 422,
      body: { statusCode: 422, name: 'validation_error', message: 'Invalid from field' }
    },
    /Invalid from field/
  ),
  mail(
    'record-of-a-success',
    { share: true },
    SENT,
    `return email.send({ ${MIN}, html = "<p>", cc = "c@x.example" })`,
    ({ records, list, execId, t }) => {
      t.eq(list.pagination, { total: 1, limit: 20, offset: 0 }, 'pagination')
      const [r] = records
      t.isText(r.id, 'id')
      t.eq(
        [r.execution_id, r.from, r.to, r.subject, r.has_text, r.has_html],
        [execId, 'a@x.example', ['b@x.example'], 'Hi', true, true],
        'record'
      )
      t.eq([r.status, r.email_id, r.error_message ?? null], ['success', 'em_123', null], 'outcome')
      t.eq(
        JSON.parse(r.request_json),
        { ...BASE, html: '<p>', cc: ['c@x.example'] },
        'request_json'
      )
      t.eq(JSON.parse(r.response_json), { id: 'em_123' }, 'response_json')
      t.isInt(r.duration_ms, 'duration_ms')
      t.isInt(r.created_at, 'created_at')
    }
  )
]
