/** The rules of a server while others change them too. */
import t from 'tap'
import type { AlertStore } from '../../../core/contracts/alerts.js'
import { AlertBook } from '../../../plugins/alerts/alert-book.js'
import { createFakeClock } from '../../helpers/fake-clock.js'
import { NOW, ruleWith } from '../../helpers/alert-record.js'
import { ids } from '../../contracts/storage-fixtures.js'
import { openNew } from '../storage/open-storage.js'

t.test('a rule that is removed stays so when all are read before it is gone', async t => {
  const { alerts } = await openNew(t)
  const readsBefore: Pick<AlertStore, 'remove'> = {
    remove: async id => {
      await book.reload(true)
      return await alerts.remove(id)
    }
  }
  const book = new AlertBook({
    store: Object.assign(Object.create(alerts) as AlertStore, readsBefore),
    clock: createFakeClock(NOW),
    nextId: () => ids.next(),
    compose: () => {
      throw new Error('nothing is to be told')
    },
    onMessage() {},
    onUnstored() {},
    onError(error) {
      t.error(error as Error)
    }
  })
  const { id } = await book.create(ruleWith())
  t.equal(await book.remove(id), true)
  t.same(book.list(), [])
  t.same(book.of('failure'), [])
  t.equal(await book.remove(id), false)
})
