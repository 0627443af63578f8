/** Messages on their way, with a clock that tests turn. */
import t, { type Test } from 'tap'
import type { AlertRecord } from '../../../core/contracts/alerts.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { Outbox, type Delivery } from '../../../plugins/alerts/outbox.js'
import { createFakeClock } from '../../helpers/fake-clock.js'
import { eventually } from '../../helpers/eventually.js'
import { openNew } from '../storage/open-storage.js'
import { NOW, recordWith } from '../../helpers/alert-record.js'

const record = (id: string): AlertRecord => ({ ...recordWith(), id })

const addMessage = (storage: Storage, alertId: string, title: string): Promise<void> =>
  storage.alerts.saveState(alertId, recordWith().state, {
    alert: { id: alertId, name: 'n' },
    on: 'failure',
    status: 'firing',
    title,
    text: '',
    count: 1,
    since: NOW / 1000,
    at: NOW / 1000,
    url: 'http://localhost/'
  })

async function start(t: Test, storage: Storage) {
  const clock = createFakeClock(NOW)
  const state = { error: undefined as string | undefined }
  const sent: string[] = []
  const attempts: Delivery[] = []
  const failures: unknown[] = []
  const outbox = new Outbox({
    store: storage.alerts,
    clock,
    deliver: async (alertId, { title }) => {
      if (state.error !== undefined) throw new Error(state.error)
      sent.push(`${alertId} ${title}`)
      return undefined
    },
    onAttempt: made => attempts.push(made),
    onError: error => failures.push(error)
  })
  t.teardown(() => outbox.stop())
  return { clock, state, sent, attempts, failures, outbox }
}

t.test('messages of one alert keep their order, and those of another pass by', async t => {
  const storage = await openNew(t)
  for (const id of ['a', 'b']) await storage.alerts.create(record(id))
  const { outbox, sent, state, clock, attempts } = await start(t, storage)
  state.error = 'down'
  await addMessage(storage, 'a', 'one')
  outbox.wake()
  await eventually(t, () => attempts.length, 1)
  state.error = undefined
  await addMessage(storage, 'a', 'two')
  await addMessage(storage, 'b', 'three')
  outbox.wake()
  await eventually(t, () => sent, ['b three'])
  await clock.pass(10_000)
  await eventually(t, () => sent, ['b three', 'a one', 'a two'])
  await eventually(t, async () => (await storage.alerts.messages()).length, 0)
})

t.test('what cannot be delivered is tried later and later, and given up in words', async t => {
  const storage = await openNew(t)
  await storage.alerts.create(record('a'))
  await addMessage(storage, 'a', 'one')
  const { outbox, state, clock, attempts } = await start(t, storage)
  state.error = 'down'
  outbox.wake()
  for (const [made, seconds] of [10, 30, 90, 270, 810, 2430, 3600].entries()) {
    await eventually(t, async () => (await storage.alerts.messages())[0]?.attempts, made + 1)
    const [waiting] = await storage.alerts.messages()
    t.equal(waiting?.dueAt, clock.now() + seconds * 1000)
    await clock.pass(seconds * 1000)
  }
  await eventually(t, () => attempts.length, 8)
  t.equal(attempts.at(-1)?.error, 'down; given up after 8 attempts')
  await eventually(t, async () => (await storage.alerts.messages()).length, 0)
})

t.test('of too many that wait the oldest are given up', async t => {
  const storage = await openNew(t)
  await storage.alerts.create(record('a'))
  for (let i = 1; i <= 30; i++) await addMessage(storage, 'a', String(i))
  const { outbox, sent } = await start(t, storage)
  outbox.wake()
  await eventually(t, () => sent.length, 20)
  t.same([sent[0], sent.at(-1)], ['a 11', 'a 30'])
})

t.test('what was delivered is not sent again while that cannot be recorded', async t => {
  const storage = await openNew(t)
  await storage.alerts.create(record('a'))
  await addMessage(storage, 'a', 'one')
  const { outbox, sent, failures, clock } = await start(t, {
    ...storage,
    alerts: {
      messages: () => storage.alerts.messages(),
      postpone: () => Promise.reject(new Error('full')),
      removeMessage: (seq: number) =>
        failures.length < 2 ? Promise.reject(new Error('full')) : storage.alerts.removeMessage(seq)
    }
  } as unknown as Storage)
  outbox.wake()
  for (let i = 1; i <= 2; i++) {
    await eventually(t, () => failures.length, i)
    await clock.pass(10_000)
  }
  await eventually(t, async () => (await storage.alerts.messages()).length, 0)
  t.same(sent, ['a one'])
})
