import t from 'tap'
import { readChat } from '../../../../plugins/lua/ai/chat-options.js'

const messages = [{ role: 'user', content: 'hi' }]
const valid = { provider: 'openai', model: 'm', messages }

t.test('mistakes are reported in order', async t => {
  t.throws(() => readChat({}), { message: 'provider is required (openai or anthropic)' })
  t.throws(() => readChat({ provider: {} }), {
    message: 'provider is required (openai or anthropic)'
  })
  t.throws(() => readChat({ provider: '' }), {
    message: 'provider is required (openai or anthropic)'
  })
  t.throws(() => readChat({ provider: 'x' }), { message: 'model is required' })
  t.throws(() => readChat({ provider: 'x', model: 'm' }), {
    message: 'messages is required and must be a table'
  })
  t.throws(() => readChat({ provider: 'x', model: 'm', messages: 'hi' }), {
    message: 'messages is required and must be a table'
  })
  t.throws(() => readChat({ provider: 'x', model: 'm', messages: [] }), {
    message: 'messages cannot be empty'
  })
})

t.test('messages without role or content are left out', async t => {
  const mixed = [
    { role: 'user' },
    { content: 'x' },
    'text',
    5,
    undefined,
    { role: '', content: '' },
    { role: 'user', content: 7 }
  ]
  t.same(readChat({ ...valid, messages: mixed }).messages, [{ role: 'user', content: '7' }])
  t.throws(() => readChat({ ...valid, messages: [{ role: 'user' }] }), {
    message: 'messages cannot be empty'
  })
})

t.test('a field of a wrong type is refused, never taken for left out', async t => {
  for (const [options, message] of [
    [{ model: 5 }, 'model must be a string'],
    [{ max_tokens: 'many' }, 'max_tokens must be a number'],
    [{ max_tokens: true }, 'max_tokens must be a number'],
    [{ temperature: '0.5' }, 'temperature must be a number'],
    [{ endpoint: true }, 'endpoint must be a string'],
    [{ endpoint: 5 }, 'endpoint must be a string']
  ] as const) {
    t.throws(() => readChat({ ...valid, ...options }), { message }, message)
  }
})

t.test('numbers have defaults', async t => {
  t.match(readChat(valid), { maxTokens: 1024, temperature: undefined, endpoint: undefined })
  t.match(readChat({ ...valid, max_tokens: 5.9, temperature: 0.5, endpoint: 'http://h' }), {
    maxTokens: 5,
    temperature: 0.5,
    endpoint: 'http://h'
  })
  t.match(readChat({ ...valid, max_tokens: -1, temperature: 0, endpoint: '' }), {
    maxTokens: 1024,
    temperature: undefined,
    endpoint: undefined
  })
  t.match(readChat({ ...valid, max_tokens: Infinity, temperature: NaN }), {
    maxTokens: 1024,
    temperature: undefined
  })
})
