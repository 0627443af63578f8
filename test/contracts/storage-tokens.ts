import { createHash } from 'node:crypto'
import type { Test } from 'tap'
import type { NewToken } from '../../core/contracts/tokens.js'
import type { OpenStorage } from './storage.js'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')

const token = (change: Partial<NewToken> = {}): NewToken => ({
  id: 't1',
  name: 'CI',
  hash: hashOf(change.id ?? 't1'),
  scopes: ['functions:read', 'run'],
  functions: ['f1', 'f2'],
  createdAt: 100,
  expiresAt: 200,
  ...change
})

export function testTokens(t: Test, open: OpenStorage): void {
  t.test('tokens are listed as they were made, the newest first', async t => {
    const { tokens } = await open(t)
    const everything = { ...token({ id: 't2' }), functions: undefined, expiresAt: undefined }
    await tokens.create(token(), 10)
    await tokens.create(everything, 10)
    const unused = { lastUsedAt: undefined, lastUsedIp: undefined }
    t.strictSame(await tokens.list(), [
      { ...everything, ...unused },
      { ...token(), ...unused }
    ])
  })

  t.test('a token remembers when and from where it was used last', async t => {
    const { tokens } = await open(t)
    await tokens.create(token(), 10)
    tokens.noteUse('t1', 150, '192.0.2.1')
    tokens.noteUse('missing', 150, '192.0.2.1')
    t.match(await tokens.list(), [{ id: 't1', lastUsedAt: 150, lastUsedIp: '192.0.2.1' }])
  })

  t.test('a token is removed once', async t => {
    const { tokens } = await open(t)
    await tokens.create(token(), 10)
    t.equal(await tokens.remove('t1'), true)
    t.equal(await tokens.remove('t1'), false)
    t.same(await tokens.list(), [])
  })

  t.test('there are no more tokens than the limit says', async t => {
    const { tokens } = await open(t)
    await tokens.create(token(), 1)
    await t.rejects(tokens.create(token({ id: 't2' }), 1), {
      code: 'CONFLICT',
      message: 'There are 1 tokens, which is the most; end one that is not used'
    })
    t.equal((await tokens.list()).length, 1)
  })
}
