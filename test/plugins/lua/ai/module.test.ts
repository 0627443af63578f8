import t from 'tap'
import { LuaFailure } from '../../../../core/lua/errors.js'
import { aiModule } from '../../../../plugins/lua/ai/module.js'
import { hostCall } from '../../../helpers/host-call.js'
import { dependencies, provider } from '../services.js'

const keys = { OPENAI_API_KEY: 'sk-openai-secret', ANTHROPIC_API_KEY: 'sk-anthropic-secret' }
const openaiReply = {
  model: 'served',
  choices: [{ message: { content: 'hello' } }],
  usage: { prompt_tokens: 11, completion_tokens: 7 }
}
const anthropicReply = {
  model: 'served',
  content: [{ type: 'text', text: 'hel' }, { type: 'tool_use' }, { type: 'text', text: 'lo' }],
  usage: { input_tokens: 1, output_tokens: 2 }
}
const options = {
  provider: 'openai',
  model: 'm',
  messages: [{ role: 'user', content: 'hi' }],
  max_tokens: undefined,
  temperature: undefined,
  endpoint: undefined
}

/** Calls ai.chat; gives the result or the message of the failure, and what was recorded and sent. */
async function chat(
  t: Parameters<typeof provider>[0],
  reply: unknown,
  {
    given = {},
    environment = keys,
    status = 200
  }: { given?: object; environment?: Record<string, string>; status?: number } = {}
) {
  const { url, seen } = await provider(t, reply, status)
  const deps = dependencies(t, environment)
  const { run } = aiModule(deps).functions.chat
  const result = await Promise.resolve(
    run(hostCall(), { ...options, endpoint: url, ...given })
  ).catch((error: unknown) => {
    if (!(error instanceof LuaFailure)) throw error
    return error.message
  })
  return {
    result,
    url,
    seen,
    records: deps.aiRecords,
    sent: seen[0] === undefined ? undefined : JSON.parse(seen[0].body)
  }
}

t.test('openai: request, result and record', async t => {
  const {
    result,
    sent,
    seen,
    records: [record],
    url
  } = await chat(t, openaiReply, { given: { temperature: 0.5 } })
  t.same(result, {
    content: 'hello',
    model: 'served',
    usage: { input_tokens: 11, output_tokens: 7 }
  })
  t.same(sent, { model: 'm', messages: options.messages, max_tokens: 1024, temperature: 0.5 })
  t.match(seen[0], {
    url: '/chat/completions',
    headers: { authorization: 'Bearer sk-openai-secret', 'content-type': 'application/json' }
  })
  t.match(record, {
    executionId: hostCall().executionId,
    provider: 'openai',
    model: 'm',
    endpoint: `${url}/chat/completions`,
    status: 'success',
    inputTokens: 11,
    outputTokens: 7,
    errorMessage: undefined
  })
  t.same(JSON.parse(record!.requestJson), sent)
})

t.test('anthropic: the last system message is sent apart, text blocks are joined', async t => {
  const messages = [
    { role: 'system', content: 'first' },
    { role: 'user', content: 'u' },
    { role: 'system', content: 'last' }
  ]
  const { result, sent, seen } = await chat(t, anthropicReply, {
    given: { provider: 'anthropic', messages }
  })
  t.same(result, {
    content: 'hello',
    model: 'served',
    usage: { input_tokens: 1, output_tokens: 2 }
  })
  t.same(sent, {
    model: 'm',
    messages: [{ role: 'user', content: 'u' }],
    max_tokens: 1024,
    system: 'last'
  })
  t.match(seen[0], {
    url: '/v1/messages',
    headers: { 'x-api-key': 'sk-anthropic-secret', 'anthropic-version': '2023-06-01' }
  })
})

t.test('the base address comes from the options, else from the environment', async t => {
  const { url, seen } = await provider(t, openaiReply)
  const { run } = aiModule(dependencies(t, { ...keys, OPENAI_ENDPOINT: `${url}/env/` })).functions
    .chat
  await run(hostCall(), options)
  t.equal(seen[0]?.url, '/env/chat/completions')
})

t.test('refused options are not recorded', async t => {
  const { result, records, seen } = await chat(t, openaiReply, { given: { model: '' } })
  t.same([result, records.length, seen.length], ['model is required', 0, 0])
})

t.test('an unknown provider and a missing key are recorded, without a request', async t => {
  const unknown = await chat(t, openaiReply, { given: { provider: 'toString' } })
  t.equal(unknown.result, 'unsupported provider: toString (use openai or anthropic)')
  const missing = await chat(t, openaiReply, { given: { provider: 'anthropic' }, environment: {} })
  t.equal(missing.result, 'ANTHROPIC_API_KEY not set in function environment')
  for (const { records, result, seen } of [unknown, missing]) {
    t.match(records, [
      {
        status: 'error',
        errorMessage: result,
        endpoint: '',
        requestJson: '',
        responseJson: undefined,
        inputTokens: undefined
      }
    ])
    t.equal(seen.length, 0)
  }
})

t.test('replies that hold no answer are failures, and recorded', async t => {
  for (const [reply, message, status] of [
    [
      { error: { message: 'Rate limit reached', type: 'x' } },
      'OpenAI API error: Rate limit reached',
      429
    ],
    [{ error: 'odd' }, 'OpenAI API error: odd', 200],
    [{ choices: [] }, 'no response from OpenAI', 200],
    [{ choices: [{ message: { content: null } }] }, 'no response from OpenAI', 200],
    [[1], 'no response from OpenAI', 200],
    ['<html>', /^failed to parse response: /, 502],
    ['', /^failed to parse response: /, 200]
  ] as const) {
    const { result, records } = await chat(t, reply, { status })
    t.match(result, message)
    t.match(records, [
      { status: 'error', errorMessage: result, inputTokens: undefined, outputTokens: undefined }
    ])
  }
})

t.test('a provider that cannot be reached is a failure, and recorded', async t => {
  const { result, records } = await chat(t, openaiReply, {
    given: { endpoint: 'http://127.0.0.1:1' }
  })
  t.equal(result, 'HTTP request failed: connection refused by 127.0.0.1:1')
  t.match(records, [
    { status: 'error', endpoint: 'http://127.0.0.1:1/chat/completions', responseJson: undefined }
  ])
})

t.test('the key is nowhere in the record, also when the provider sends it back', async t => {
  const { records, result } = await chat(t, {
    error: { message: `bad key ${keys.OPENAI_API_KEY}` },
    note: keys.OPENAI_API_KEY,
    token: 'x'
  })
  t.equal(
    result,
    `OpenAI API error: bad key ${keys.OPENAI_API_KEY}`,
    'the function sees the real message'
  )
  t.notMatch(JSON.stringify(records), keys.OPENAI_API_KEY)
  t.equal(JSON.parse(records[0]?.responseJson ?? '').token, '[REDACTED]')
})
