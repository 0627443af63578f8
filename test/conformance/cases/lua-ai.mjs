// ai.chat against a local stand-in for the two providers.
import { test } from '../lib/dsl.mjs'

export const area = 'lua-ai'

const ENV = { OPENAI_API_KEY: 'sk-openai-test', ANTHROPIC_API_KEY: 'sk-anthropic-test' }
const OPENAI = {
  body: {
    id: 'c1',
    model: 'served-model',
    choices: [{ message: { role: 'assistant', content: 'hello there' } }],
    usage: { prompt_tokens: 11, completion_tokens: 7 }
  }
}
const ANTHROPIC = {
  body: {
    id: 'm1',
    model: 'served-claude',
    content: [{ type: 'text', text: 'hello there' }],
    usage: { input_tokens: 13, output_tokens: 5 }
  }
}
const ASK = 'messages = { { role = "user", content = "hi" } }'

/** Runs code with URL set; hands over { values, requests, records, t, scenario }. */
function chat(name, options, reply, code, check) {
  return test(name, options, async t => {
    const s = t.mock.scenario(typeof reply === 'function' ? reply : () => reply)
    const vars = typeof options.env === 'function' ? options.env(s) : (options.env ?? ENV)
    const { values, response } = await t.lua(code, { env: vars, before: `local URL = "${s.url}"` })
    const list = await t.must('GET', `/api/executions/${response.execId}/ai-requests`)
    await check({
      values,
      requests: s.requests,
      records: list.ai_requests,
      list,
      t,
      s,
      execId: response.execId
    })
  })
}

const openai = (extra = '') =>
  `return ai.chat({ provider = "openai", model = "gpt-x", ${ASK}, endpoint = URL${extra} })`
const anthropic = (extra = '') =>
  `return ai.chat({ provider = "anthropic", model = "claude-x", ${ASK}, endpoint = URL${extra} })`

/** Each [fields, word] is refused before anything is sent or recorded. */
function invalid(name, options, ...rows) {
  const code = `local out = {}\n${rows.map(([fields]) => `do local v, err = ai.chat({ ${fields} }) out[#out + 1] = v == nil and err or "accepted" end`).join('\n')}\nreturn out`
  return chat(name, options, OPENAI, code, ({ values: [errors], requests, records, t }) => {
    rows.forEach(([fields, word], i) => t.match(errors[i], word, `error for { ${fields} }`))
    t.eq([requests.length, records.length], [0, 0], 'requests and records')
  })
}

/** The provider's reply makes the call fail; the failure is recorded. */
function failing(name, options, reply, code, word) {
  return chat(name, options, reply, code, ({ values, records, t }) => {
    t.eq([values.length, values[0]], [2, null], 'nil and an error')
    t.match(values[1], word, 'error')
    t.eq(records.length, 1, 'records')
    t.eq([records[0].status, records[0].error_message], ['error', values[1]], 'record')
    t.eq(
      [records[0].input_tokens ?? null, records[0].output_tokens ?? null],
      [null, null],
      'tokens'
    )
  })
}

export default [
  chat('openai-result', { share: true }, OPENAI, openai(), ({ values, t }) => {
    t.eq(
      values,
      [
        {
          content: 'hello there',
          model: 'served-model',
          usage: { input_tokens: 11, output_tokens: 7 }
        }
      ],
      'result'
    )
  }),
  chat('openai-request', { share: true }, OPENAI, openai(), ({ requests: [q], t }) => {
    t.eq([q.method, q.path], ['POST', '/chat/completions'], 'method and path')
    t.eq(
      [q.headers.authorization, q.headers['content-type']],
      ['Bearer sk-openai-test', 'application/json'],
      'headers'
    )
    t.eq(
      q.json(),
      { model: 'gpt-x', messages: [{ role: 'user', content: 'hi' }], max_tokens: 1024 },
      'body'
    )
  }),
  chat(
    'openai-endpoint-from-env',
    { share: true, env: s => ({ ...ENV, OPENAI_ENDPOINT: `${s.url}/env` }) },
    OPENAI,
    `return ai.chat({ provider = "openai", model = "m", ${ASK} }).content`,
    ({ values, requests: [q], t }) =>
      t.eq([values, q.path], [['hello there'], '/env/chat/completions'], 'call')
  ),
  chat('anthropic-result', { share: true }, ANTHROPIC, anthropic(), ({ values, t }) => {
    t.eq(
      values,
      [
        {
          content: 'hello there',
          model: 'served-claude',
          usage: { input_tokens: 13, output_tokens: 5 }
        }
      ],
      'result'
    )
  }),
  chat('anthropic-request', { share: true }, ANTHROPIC, anthropic(), ({ requests: [q], t }) => {
    t.eq([q.method, q.path], ['POST', '/v1/messages'], 'method and path')
    t.eq(
      [q.headers['x-api-key'], q.headers['anthropic-version'], q.headers['content-type']],
      ['sk-anthropic-test', '2023-06-01', 'application/json'],
      'headers'
    )
    t.eq(
      q.json(),
      { model: 'claude-x', max_tokens: 1024, messages: [{ role: 'user', content: 'hi' }] },
      'body'
    )
  }),
  chat(
    'anthropic-moves-the-system-message',
    { share: true },
    ANTHROPIC,
    `return ai.chat({ provider = "anthropic", model = "m", endpoint = URL, temperature = 0.5, messages = {
      { role = "system", content = "be kind" }, { role = "user", content = "u" }, { role = "assistant", content = "a" }, { role = "user", content = "v" } } }).content`,
    ({ requests: [q], t }) => {
      const b = q.json()
      t.eq([b.system, b.temperature], ['be kind', 0.5], 'system and temperature')
      t.eq(
        b.messages,
        [
          { role: 'user', content: 'u' },
          { role: 'assistant', content: 'a' },
          { role: 'user', content: 'v' }
        ],
        'messages'
      )
    }
  ),
  invalid(
    'provider-and-model-are-required',
    { share: true },
    [`model = "m", ${ASK}`, /provider/],
    [`provider = "openai", ${ASK}`, /model/]
  ),
  failing(
    'unknown-provider',
    { share: true },
    OPENAI,
    `return ai.chat({ provider = "other", model = "m", ${ASK} })`,
    /unsupported provider: other/
  ),
  failing(
    'openai-key-missing',
    { share: true, env: {} },
    OPENAI,
    openai(),
    /OPENAI_API_KEY not set/
  ),
  failing(
    'openai-error-reply',
    { share: true },
    { status: 429, body: { error: { message: 'Rate limit reached', type: 'x' } } },
    openai(),
    /Rate limit reached/
  ),
  chat(
    'record-of-a-success',
    { share: true },
    OPENAI,
    openai(', temperature = 0.5'),
    ({ records, list, execId, t, s }) => {
      t.eq(list.pagination, { total: 1, limit: 20, offset: 0 }, 'pagination')
      const [r] = records
      t.isText(r.id, 'id')
      t.eq(
        [r.execution_id, r.provider, r.model, r.endpoint, r.status],
        [execId, 'openai', 'gpt-x', `${s.url}/chat/completions`, 'success'],
        'record'
      )
      t.eq(
        [r.input_tokens, r.output_tokens, r.error_message ?? null],
        [11, 7, null],
        'tokens and error'
      )
      t.eq(
        JSON.parse(r.request_json),
        {
          model: 'gpt-x',
          messages: [{ role: 'user', content: 'hi' }],
          max_tokens: 1024,
          temperature: 0.5
        },
        'request_json'
      )
      t.eq(JSON.parse(r.response_json).choices[0].message.content, 'hello there', 'response_json')
      t.isInt(r.duration_ms, 'duration_ms')
      t.isInt(r.created_at, 'created_at')
    }
  ),
  chat(
    'record-hides-the-key-and-masks-fields',
    { share: true },
    { body: { ...OPENAI.body, token: 'leak', nested: { api_key: 'leak' } } },
    openai(),
    ({ records: [r], t }) => {
      t.lacks(JSON.stringify(r), 'sk-openai-test', 'record')
      const reply = JSON.parse(r.response_json)
      t.eq([reply.token, reply.nested.api_key], ['[REDACTED]', '[REDACTED]'], 'masked fields')
      t.eq(
        [reply.usage.prompt_tokens, JSON.parse(r.request_json).max_tokens],
        [11, 1024],
        'token counts stay'
      )
    }
  )
]
