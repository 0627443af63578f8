import t from 'tap'
import { LuaFailure } from '../../../../core/lua/errors.js'
import { emailModule } from '../../../../plugins/lua/email/module.js'
import { hostCall } from '../../../helpers/host-call.js'
import { dependencies, provider } from '../services.js'

const none = {
  html: undefined,
  cc: undefined,
  bcc: undefined,
  reply_to: undefined,
  headers: undefined,
  tags: undefined,
  scheduled_at: undefined
}
const options = { ...none, from: 'a@x', to: 'b, c <b@x>', subject: 's', text: 't' }

/** Calls email.send; gives the result or the message of the failure, and what was recorded and sent. */
async function mail(
  t: Parameters<typeof provider>[0],
  reply: unknown,
  {
    status = 200,
    given = {},
    environment = {}
  }: { status?: number; given?: object; environment?: Record<string, string | undefined> } = {}
) {
  const { url, seen } = await provider(t, reply, status)
  const deps = dependencies(t, {
    RESEND_API_KEY: 're_secret_key',
    RESEND_BASE_URL: `${url}/base/`,
    ...environment
  } as Record<string, string>)
  const { run } = emailModule(deps).functions.send
  const result = await Promise.resolve(run(hostCall(), { ...options, ...given })).catch(
    (error: unknown) => {
      if (!(error instanceof LuaFailure)) throw error
      return error.message
    }
  )
  return { result, seen, records: deps.emailRecords }
}

t.test('request, result and record', async t => {
  const {
    result,
    seen,
    records: [record]
  } = await mail(t, { id: 'em_1' }, { given: { headers: { token: 'hidden' } } })
  t.same(result, { id: 'em_1' })
  t.match(seen[0], {
    url: '/base/emails',
    headers: { authorization: 'Bearer re_secret_key', 'content-type': 'application/json' }
  })
  t.match(record, {
    from: 'a@x',
    to: ['b, c <b@x>'],
    subject: 's',
    hasText: true,
    hasHtml: false,
    status: 'success',
    emailId: 'em_1',
    responseJson: '{"id":"em_1"}',
    errorMessage: undefined
  })
  t.same(JSON.parse(record!.requestJson), {
    from: 'a@x',
    to: ['b, c <b@x>'],
    subject: 's',
    text: 't',
    headers: { token: '[REDACTED]' }
  })
  t.equal(
    JSON.parse(seen[0]?.body ?? '').headers.token,
    'hidden',
    'the provider gets the real message'
  )
})

t.test('refused options are not recorded', async t => {
  const { result, records, seen } = await mail(t, { id: 'x' }, { given: { subject: undefined } })
  t.same([result, records.length, seen.length], ['subject is required', 0, 0])
})

t.test('a missing key is recorded, without a request', async t => {
  const { result, records, seen } = await mail(
    t,
    { id: 'x' },
    { environment: { RESEND_API_KEY: undefined } }
  )
  t.equal(result, 'RESEND_API_KEY not set in function environment')
  t.match(records, [
    {
      status: 'error',
      errorMessage: result,
      requestJson: '',
      responseJson: undefined,
      emailId: undefined
    }
  ])
  t.equal(seen.length, 0)
})

t.test('what the provider refuses is a failure, and recorded', async t => {
  for (const [reply, status, message] of [
    [
      { statusCode: 422, message: 'Invalid from field' },
      422,
      'failed to send email: Invalid from field'
    ],
    ['<html>', 502, 'failed to send email: 502 Bad Gateway'],
    [{ message: {} }, 500, 'failed to send email: 500 Internal Server Error'],
    ['{}', 200, 'failed to send email: failed to parse response: it holds no id'],
    [
      { message: 'unknown key re_secret_key' },
      401,
      'failed to send email: unknown key re_secret_key'
    ]
  ] as const) {
    const { result, records } = await mail(t, reply, { status })
    t.equal(result, message)
    t.match(records, [
      {
        status: 'error',
        errorMessage: message.replace('re_secret_key', '[REDACTED]'),
        emailId: undefined
      }
    ])
  }
})

t.test('a provider that cannot be reached is a failure, and recorded', async t => {
  const { result, records } = await mail(
    t,
    {},
    { environment: { RESEND_BASE_URL: 'http://127.0.0.1:1/' } }
  )
  t.equal(result, 'failed to send email: connection refused by 127.0.0.1:1')
  t.equal(records.length, 1)
})
