import t from 'tap'
import { rateLimitFields } from '../../../core/access/rate-limit-fields.js'
import { RateLimiter } from '../../../core/access/rate-limiter.js'

const limit = { requests: 2, seconds: 3600, by: 'ip' } as const

t.test('so many calls of a caller pass, the next one does not', async t => {
  const limiter = new RateLimiter()
  const one = await limiter.count('f', limit, 'a')
  t.match(one, { isExceeded: false, remaining: 1 })
  t.ok(one.resetMs > 0 && one.resetMs <= 3_600_000)
  t.match(await limiter.count('f', limit, 'a'), { isExceeded: false, remaining: 0 })
  const over = await limiter.count('f', limit, 'a')
  t.match(over, { isExceeded: true, remaining: 0 })
  t.ok(over.resetMs > 0 && over.resetMs <= 3_600_000)
  t.match(await limiter.count('f', limit, 'b'), { isExceeded: false }, 'another caller')
  t.match(await limiter.count('g', limit, 'a'), { isExceeded: false }, 'another function')
})

t.test('calls that come at the same time are all counted', async t => {
  const limiter = new RateLimiter()
  const states = await Promise.all(Array.from({ length: 5 }, () => limiter.count('f', limit, 'a')))
  t.equal(states.filter(({ isExceeded }) => !isExceeded).length, 2)
})

t.test('a limit that is changed begins anew, one that is equal goes on', async t => {
  const limiter = new RateLimiter()
  for (let i = 0; i < 3; i++) await limiter.count('f', { ...limit }, 'a')
  t.match(await limiter.count('f', { ...limit }, 'a'), { isExceeded: true })
  t.match(await limiter.count('f', { ...limit, requests: 3 }, 'a'), {
    isExceeded: false,
    remaining: 2
  })
})

t.test('after its window a caller begins anew', async t => {
  const limiter = new RateLimiter()
  const short = { requests: 1, seconds: 1, by: 'ip' } as const
  await limiter.count('f', short, 'a')
  const { isExceeded, resetMs } = await limiter.count('f', short, 'a')
  t.ok(isExceeded)
  await new Promise(resolve => setTimeout(resolve, resetMs + 1))
  t.match(await limiter.count('f', short, 'a'), { isExceeded: false })
})

t.test('of very many callers those who came first are forgotten', async t => {
  const limiter = new RateLimiter()
  for (let i = 0; i < 3; i++) await limiter.count('f', limit, 'first')
  for (let i = 1; i < 10_000; i++) await limiter.count('f', limit, String(i))
  t.match(await limiter.count('f', limit, 'first'), { isExceeded: true })
  await limiter.count('f', limit, 'one more')
  t.match(await limiter.count('f', limit, 'first'), { isExceeded: false, remaining: 1 })
})

t.test(
  'the use is that of the caller who has made most calls, and asking counts nothing',
  async t => {
    const limiter = new RateLimiter()
    const unused = { used: 0, callers: 0, resetMs: undefined }
    const use = () => limiter.use('f', { ...limit })
    t.same(await use(), unused)
    await limiter.count('f', limit, 'a')
    for (let i = 0; i < 2; i++) await limiter.count('f', limit, 'b')
    await limiter.count('f', limit, 'c')
    await limiter.count('g', limit, 'a')
    const { resetMs = 0, ...counted } = await use()
    t.same(counted, { used: 2, callers: 3 })
    t.ok(resetMs > 0 && resetMs <= 3_600_000)
    for (let i = 0; i < 3; i++) await limiter.count('f', limit, 'b')
    t.match(await use(), { used: 2, callers: 3 }, 'refused calls use up nothing')
    t.same(await limiter.use('f', { ...limit, requests: 3 }), unused, 'another limit begins anew')
  }
)

t.test('the use ends with the window', async t => {
  const limiter = new RateLimiter()
  const short = { requests: 1, seconds: 1, by: 'ip' } as const
  const { resetMs } = await limiter.count('f', short, 'a')
  await new Promise(resolve => setTimeout(resolve, resetMs + 1))
  t.same(await limiter.use('f', short), { used: 0, callers: 0, resetMs: undefined })
})

t.test('the fields name quota, window, what is left and when it ends', async t => {
  t.same(rateLimitFields(limit, { isExceeded: false, remaining: 1, resetMs: 59_001 }), {
    'ratelimit-policy': '"default";q=2;w=3600',
    ratelimit: '"default";r=1;t=60'
  })
  t.same(rateLimitFields(limit, { isExceeded: true, remaining: 0, resetMs: 0 }), {
    'ratelimit-policy': '"default";q=2;w=3600',
    ratelimit: '"default";r=0;t=1',
    'retry-after': '1'
  })
})
