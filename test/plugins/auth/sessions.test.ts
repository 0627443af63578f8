import t from 'tap'
import type { NewSession, SessionRecord, SessionStore } from '../../../core/contracts/sessions.js'
import { createIdSource } from '../../../core/base/ids.js'
import { createSessions, SESSION_SECONDS } from '../../../plugins/auth/sessions.js'
import { openNew } from '../storage/open-storage.js'

t.test('a session ends 24 hours after its beginning', async t => {
  const clock = { now: 1_000_000 }
  const { sessions: store } = await openNew(t)
  const sessions = createSessions({
    store,
    ids: createIdSource(),
    key: 'k',
    now: () => clock.now,
    onError: error => {
      throw error
    }
  })
  const { token } = await sessions.start('192.0.2.1', undefined)
  clock.now += SESSION_SECONDS - 1
  t.match(await sessions.find(token), {
    address: '192.0.2.1',
    userAgent: undefined,
    createdAt: 1_000_000
  })
  clock.now += 1
  t.equal(await sessions.find(token), undefined)
  t.same(await sessions.list(), [])
})

t.test('no two tokens are alike', async t => {
  const { sessions: store } = await openNew(t)
  const sessions = createSessions({
    store,
    ids: createIdSource(),
    key: 'k',
    onError: error => {
      throw error
    }
  })
  const tokens = await Promise.all(
    Array.from({ length: 50 }, () => sessions.start('192.0.2.1', undefined))
  )
  t.equal(new Set(tokens.map(({ token }) => token)).size, 50)
  t.equal((await sessions.list()).length, 50)
})

t.test('being seen is noted once a minute, and failing to note it lets nobody down', async t => {
  const clock = { now: 1_000_000 }
  const touched: number[] = []
  const errors: unknown[] = []
  let session: SessionRecord | undefined
  const store: Pick<SessionStore, 'create' | 'findByToken' | 'touch' | 'removeStale'> = {
    create: async (created: NewSession) => {
      session = created
    },
    findByToken: async () => session,
    touch: async (_id, at) => {
      touched.push(at)
      throw new Error('disk full')
    },
    removeStale: async () => {}
  }
  const sessions = createSessions({
    store: store as SessionStore,
    ids: createIdSource(),
    key: 'k',
    now: () => clock.now,
    onError: error => {
      errors.push(error)
    }
  })
  const { token } = await sessions.start('192.0.2.1', undefined)
  for (const later of [59, 1]) {
    clock.now += later
    t.ok(await sessions.find(token))
  }
  t.same(touched, [1_000_060])
  t.match(errors, [{ message: 'disk full' }])
})
