import type { Test } from 'tap'
import type { NewSession } from '../../core/contracts/sessions.js'
import type { OpenStorage } from './storage.js'

const session = (change: Partial<NewSession> = {}): NewSession => ({
  id: 's1',
  createdAt: 100,
  lastSeenAt: 100,
  expiresAt: 200,
  address: '192.0.2.1',
  userAgent: 'Browser',
  tokenHash: 'h1',
  keyMark: 'k',
  ...change
})

export function testSessions(t: Test, open: OpenStorage): void {
  t.test('a session is found by the hash of its token, without it', async t => {
    const { sessions } = await open(t)
    await sessions.create(session())
    await sessions.create(session({ id: 's2', tokenHash: 'h2', userAgent: undefined }))
    t.strictSame(await sessions.findByToken('h1'), {
      id: 's1',
      createdAt: 100,
      lastSeenAt: 100,
      expiresAt: 200,
      address: '192.0.2.1',
      userAgent: 'Browser'
    })
    t.equal((await sessions.findByToken('h2'))?.userAgent, undefined)
    t.equal(await sessions.findByToken('other'), undefined)
  })

  t.test('sessions are listed newest first', async t => {
    const { sessions } = await open(t)
    for (const id of ['s1', 's3', 's2']) await sessions.create(session({ id, tokenHash: id }))
    t.same(
      (await sessions.list()).map(({ id }) => id),
      ['s3', 's2', 's1']
    )
  })

  t.test('a session remembers when it was last seen', async t => {
    const { sessions } = await open(t)
    await sessions.create(session())
    await sessions.touch('s1', 150)
    t.match(await sessions.findByToken('h1'), { createdAt: 100, lastSeenAt: 150 })
  })

  t.test('a session is removed once, all at once', async t => {
    const { sessions } = await open(t)
    for (const id of ['s1', 's2', 's3']) await sessions.create(session({ id, tokenHash: id }))
    t.equal(await sessions.remove('s1'), true)
    t.equal(await sessions.remove('s1'), false)
    await sessions.removeAll()
    t.same(await sessions.list(), [])
  })

  t.test('expired sessions and those of another key are stale', async t => {
    const { sessions } = await open(t)
    await sessions.create(session({ id: 'expired', tokenHash: '1', expiresAt: 300 }))
    await sessions.create(
      session({ id: 'former-key', tokenHash: '2', expiresAt: 400, keyMark: 'old' })
    )
    await sessions.create(session({ id: 'alive', tokenHash: '3', expiresAt: 301 }))
    await sessions.removeStale(300, 'k')
    t.same(
      (await sessions.list()).map(({ id }) => id),
      ['alive']
    )
  })
}
