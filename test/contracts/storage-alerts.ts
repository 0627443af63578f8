import type { Test } from 'tap'
import type { AlertMessage, AlertRecord } from '../../core/contracts/alerts.js'
import { recordWith } from '../helpers/alert-record.js'
import type { OpenStorage } from './storage.js'
import { ids, NOW } from './storage-fixtures.js'

const newAlert = (change: Partial<AlertRecord['rule']> = {}): AlertRecord => ({
  ...recordWith({
    target: {
      kind: 'webhook',
      url: 'https://hooks.example.org/T0/secret',
      format: 'slack',
      headers: { 'X-Key': 'é' }
    },
    ...change
  }),
  id: ids.next()
})

const messageOf = ({ id, rule }: AlertRecord, title: string): AlertMessage => ({
  alert: { id, name: rule.name },
  on: rule.on,
  status: 'firing',
  title,
  text: 'é',
  count: 1,
  since: NOW,
  at: NOW,
  url: 'http://localhost/'
})

export function testAlerts(t: Test, open: OpenStorage): void {
  t.test('alerts are listed oldest first, changed and removed once', async t => {
    const { alerts } = await open(t)
    const [first, second] = [newAlert(), newAlert({ target: { kind: 'mail', to: ['a@b.c'] } })]
    await alerts.create(first)
    await alerts.create(second)
    t.same(await alerts.list(), [first, second])
    const changed = newAlert({ name: 'other', target: { kind: 'function', functionId: 'f' } })
    t.equal(await alerts.update({ ...changed, id: first.id, createdAt: 5 }), true)
    t.same(await alerts.list(), [{ ...changed, id: first.id }, second])
    t.equal(await alerts.update(newAlert()), false)
    t.equal(await alerts.remove(first.id), true)
    t.equal(await alerts.remove(first.id), false)
    t.same(await alerts.list(), [second])
  })

  t.test('a state is stored with the message that tells of it', async t => {
    const { alerts } = await open(t)
    const [first, second] = [newAlert(), newAlert()]
    for (const alert of [first, second]) await alerts.create(alert)
    const state = { ...first.state, isFiring: true, since: 7, count: 2, error: 'é' }
    await alerts.saveState(first.id, state, messageOf(first, 'one'))
    await alerts.saveState(second.id, second.state, messageOf(second, 'two'))
    await alerts.saveState(first.id, state)
    t.same((await alerts.list())[0]?.state, state)
    t.match(await alerts.messages(), [
      { alertId: first.id, message: { title: 'one' }, attempts: 0, dueAt: NOW * 1000 },
      { alertId: second.id, message: { title: 'two' } }
    ])
    await alerts.saveState('missing', state, messageOf(first, 'none'))
    t.equal((await alerts.messages()).length, 2)
  })

  t.test('a message is postponed, and goes with its delivery or its alert', async t => {
    const { alerts } = await open(t)
    const [first, second] = [newAlert(), newAlert()]
    for (const alert of [first, second]) {
      await alerts.create(alert)
      await alerts.saveState(alert.id, alert.state, messageOf(alert, 'x'))
    }
    const [one, two] = await alerts.messages()
    await alerts.postpone(one!.seq, 3, 99)
    t.match(await alerts.messages(), [{ attempts: 3, dueAt: 99 }, { attempts: 0 }])
    await alerts.removeMessage(two!.seq)
    t.equal((await alerts.messages()).length, 1)
    await alerts.remove(first.id)
    t.same(await alerts.messages(), [])
  })
}
