import t from 'tap'
import type { SignatureAccess } from '../../../core/contracts/front-door.js'
import { readDeliveryId } from '../../../core/access/delivery-id.js'

const claim = { algorithm: 'sha256', digests: [], prefix: '', id: undefined } as const
const idOf = (preset: SignatureAccess['preset'], body: string | Uint8Array, id?: string) =>
  readDeliveryId(
    { mode: 'signature', preset, secret: 'S' } as SignatureAccess,
    { ...claim, id },
    typeof body === 'string' ? Buffer.from(body) : body
  )

t.test('the id is the one that is signed', async t => {
  t.equal(idOf('standard-webhooks', '{"id":"other"}', 'msg_1'), 'msg_1')
  t.equal(idOf('stripe', '{"id":"evt_1","object":"event"}'), 'evt_1')
  t.equal(idOf('slack', '{"event_id":"Ev1","id":"other"}'), 'Ev1')
  t.equal(idOf('github', '{"id":"1"}'), undefined)
  t.equal(idOf('generic', '{"id":"1"}'), undefined)
})

t.test('a body that has no id, or is no object, has none', async t => {
  const bodies = ['', '{', 'null', '[]', '"id"', '1', '{}', '{"id":1}', '{"id":""}', '{"id":null}']
  for (const body of bodies) t.equal(idOf('stripe', body), undefined, body)
  t.equal(idOf('stripe', Buffer.from([0xff, 0xfe])), undefined)
  t.equal(idOf('stripe', '{"__proto__":{"id":"evt_1"}}'), undefined)
  t.equal(idOf('slack', 'token=1&text=2'), undefined)
})

t.test('what is too long is neither parsed nor kept', async t => {
  const long = JSON.stringify({ id: 'evt_1', data: 'x'.repeat(512 * 1024) })
  t.equal(idOf('stripe', long), undefined)
  t.equal(idOf('stripe', JSON.stringify({ id: 'x'.repeat(513) })), undefined)
  t.equal(idOf('standard-webhooks', '', 'x'.repeat(513)), undefined)
})
