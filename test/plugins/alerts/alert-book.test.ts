/** The rules of a server while others change them too. */
import t, { type Test } from 'tap'
import type { AlertStore } from '../../../core/contracts/alerts.js'
import { AlertBook } from '../../../plugins/alerts/alert-book.js'
import { createFakeClock } from '../../helpers/fake-clock.js'
import { NOW, ruleWith } from '../../helpers/alert-record.js'
import { ids } from '../../contracts/storage-fixtures.js'
import { openNew } from '../storage/open-storage.js'

/** A book whose store has these methods in place of its own. */
function openBook(t: Test, alerts: AlertStore, instead: Partial<AlertStore>): AlertBook {
  return new AlertBook({
    store: Object.assign(Object.create(alerts) as AlertStore, instead),
    clock: createFakeClock(NOW),
    nextId: () => ids.next(),
    compose: async ({ id, rule: { name, on } }, { status, count, since, at }) => ({
      alert: { id, name },
      on,
      status,
      title: '',
      text: '',
      count,
      since,
      at,
      url: ''
    }),
    onMessage() {},
    onUnstored() {},
    onError(error) {
      t.error(error as Error)
    }
  })
}

t.test('a rule that is removed stays so when all are read before it is gone', async t => {
  const { alerts } = await openNew(t)
  const book = openBook(t, alerts, {
    remove: async id => {
      await book.reload(true)
      return await alerts.remove(id)
    }
  })
  const { id } = await book.create(ruleWith())
  t.equal(await book.remove(id), true)
  t.same(book.list(), [])
  t.same(book.of('failure'), [])
  t.equal(await book.remove(id), false)
})

t.test('what a rule sees while a change of it is stored is not forgotten', async t => {
  const { alerts } = await openNew(t)
  const book = openBook(t, alerts, {
    update: async record => {
      const wasThere = await alerts.update(record)
      book.note('failure', { executionId: 'during' })
      return wasThere
    }
  })
  const watch = await book.create(ruleWith({ threshold: 1 }))
  const changed = await book.update(watch, ruleWith({ threshold: 1, name: 'renamed' }))
  t.match(changed, { rule: { name: 'renamed' }, state: { isFiring: true, isTold: true } })
  await book.settle()
  book.note('failure', { executionId: 'after' })
  await book.settle()
  t.equal((await alerts.messages()).length, 1, 'it is told once')
  t.match(await alerts.list(), [{ rule: { name: 'renamed' }, state: { isFiring: true } }])
})

t.test(
  'what a rule saw before it was changed to another matter is not stored after it',
  async t => {
    const { alerts } = await openNew(t)
    const book = openBook(t, alerts, {
      update: async record => {
        book.note('failure', { executionId: 'of the old rule' })
        return await alerts.update(record)
      }
    })
    const watch = await book.create(ruleWith({ threshold: 1 }))
    const changed = await book.update(watch, ruleWith({ on: 'job_dead', threshold: 1 }))
    t.match(changed, { state: { isFiring: false } })
    await book.settle()
    t.match(await alerts.list(), [{ rule: { on: 'job_dead' }, state: { isFiring: false } }])
  }
)
