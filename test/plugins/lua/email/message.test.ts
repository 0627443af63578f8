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
    [{ to: 'b' }, 'from is required'],
    [{ to: 'b', from: 'a' }, 'subject is required'],
    [{ to: 'b', from: 'a', subject: 's' }, 'either text or html content is required'],
    [{ to: 'b', from: 'a', subject: 's', text: '', html: '' }, 'either text or html content is required'],
    [{ ...valid, scheduled_at: 1e300 }, 'scheduled_at is not a time: give Unix seconds']
  ] as const) t.throws(() => readMessage(options), { message }, message)
})

t.test('the least message', async t => {
  t.same(readMessage(valid), { ...valid, to: ['b@x'] })
})

t.test('everything that can be given', async t => {
  t.same(readMessage({
    ...valid,
    to: ['b@x', '', 'c, d <c@x>'],
    html: '<p>',
    cc: 'e@x',
    bcc: ['f@x', ''],
    reply_to: 'g@x',
    headers: { 'X-A': 'v', 'X-N': 5 },
    tags: [{ name: 'kind', value: 'test' }, { value: 'lost' }, 'odd'],
    scheduled_at: 1709650805.9
  }), {
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
  })
})

t.test('a time in words is passed on, and empty fields are left out', async t => {
  t.same(readMessage({ ...valid, scheduled_at: 'in 1 hour', cc: [], bcc: '', headers: {}, tags: [], reply_to: '', html: '' }),
    { ...valid, to: ['b@x'], scheduled_at: 'in 1 hour' })
})
