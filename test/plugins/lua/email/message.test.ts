import t from 'tap'
import { readMessage } from '../../../../plugins/lua/email/message.js'

const valid = { from: 'a@x', to: 'b@x', subject: 's', text: 't' }

t.test('mistakes are reported in order', async t => {
  for (const [options, message] of [
    [{}, 'to is required'],
    [{ to: '' }, 'to is required'],
    [{ to: [] }, 'to cannot be empty'],
    [{ to: ['', ''] }, 'to cannot be empty'],
    [{ to: true }, 'to must be a string or table of strings'],
    [{ to: ['a', {}] }, 'to must be a string or table of strings'],
    [{ to: 5 }, 'to must be a string or table of strings'],
    [{ to: ['a', 5] }, 'to must be a string or table of strings'],
    [{ to: 'b' }, 'from is required'],
    [{ to: 'b', from: 'a' }, 'subject is required'],
    [{ to: 'b', from: 'a', subject: 's' }, 'either text or html content is required'],
    [
      { to: 'b', from: 'a', subject: 's', text: '', html: '' },
      'either text or html content is required'
    ],
    [{ ...valid, scheduled_at: 1e300 }, 'scheduled_at is not a time: give Unix seconds']
  ] as const) {
    t.throws(() => readMessage(options), { message }, message)
  }
})

t.test('a field of a wrong type is refused, never taken for left out', async t => {
  for (const [options, message] of [
    [{ from: 5 }, 'from must be a string'],
    [{ from: true }, 'from must be a string'],
    [{ subject: {} }, 'subject must be a string'],
    [{ html: true }, 'html must be a string'],
    [{ text: [], html: 'h' }, 'text must be a string'],
    [{ cc: 5 }, 'cc must be a string or table of strings'],
    [{ bcc: true }, 'bcc must be a string or table of strings'],
    [{ bcc: ['a', 5] }, 'bcc must be a string or table of strings'],
    [{ reply_to: 5 }, 'reply_to must be a string or table of strings'],
    [{ headers: 'X-A: b' }, 'headers must be a table of names and values'],
    [{ headers: ['b'] }, 'headers must be a table of names and values'],
    [{ headers: { 'X-A': true } }, 'the header X-A must be a string'],
    [{ tags: 'x' }, 'tags must be a table of tables'],
    [{ scheduled_at: true }, 'scheduled_at must be Unix seconds or a string']
  ] as const) {
    t.throws(() => readMessage({ ...valid, ...options }), { message }, message)
  }
  t.match(readMessage({ ...valid, subject: 5, text: 7 }), { subject: '5', text: '7' })
})

t.test('the least message', async t => {
  t.same(readMessage(valid), { ...valid, to: ['b@x'] })
})

t.test('everything that can be given', async t => {
  t.same(
    readMessage({
      ...valid,
      to: ['b@x', '', 'c, d <c@x>'],
      html: '<p>',
      cc: 'e@x',
      bcc: ['f@x', ''],
      reply_to: 'g@x',
      headers: { 'X-A': 'v', 'X-N': 5 },
      tags: [{ name: 'kind', value: 'test' }, { value: 'lost' }, 'odd'],
      scheduled_at: 1709650805.9
    }),
    {
      from: 'a@x',
      to: ['b@x', 'c, d <c@x>'],
      subject: 's',
      text: 't',
      html: '<p>',
      cc: ['e@x'],
      bcc: ['f@x'],
      reply_to: 'g@x',
      headers: { 'X-A': 'v', 'X-N': '5' },
      tags: [{ name: 'kind', value: 'test' }],
      scheduled_at: '2024-03-05T15:00:05Z'
    }
  )
})

t.test('a time in words is passed on, and empty fields are left out', async t => {
  t.same(
    readMessage({
      ...valid,
      scheduled_at: 'in 1 hour',
      cc: [],
      bcc: '',
      headers: {},
      tags: [],
      reply_to: '',
      html: ''
    }),
    { ...valid, to: ['b@x'], scheduled_at: 'in 1 hour' }
  )
})
