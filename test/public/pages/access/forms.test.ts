import t from 'tap'
import type { LuaFunction } from '../../../../public/api/types.js'
import { toAccess, toAccessForm } from '../../../../public/pages/access/access-form.js'
import { toCors, toCorsForm } from '../../../../public/pages/access/cors-form.js'
import { toLimitsForm, toNumber, toRateLimit } from '../../../../public/pages/access/limits-form.js'

t.test('what is set comes back from its form as it was, and nothing set as {}', async t => {
  const signed = { mode: 'signature', preset: 'slack', secret: 'S' } as const
  const generic = {
    ...signed,
    preset: 'generic',
    header: 'X-Sig',
    algorithm: 'sha1',
    encoding: 'base64',
    prefix: 'v='
  }
  for (const access of [{ mode: 'key' }, { mode: 'internal' }, signed, generic] as const) {
    t.same(toAccess(toAccessForm(access)), access)
  }
  t.same(toAccess(toAccessForm(undefined)), {})
  t.same(toAccess(toAccessForm({ mode: 'public' })), {})
  const rules = { origins: ['*'], headers: ['X-A'], max_age: 0 }
  for (const cors of [
    'function' as const,
    { origins: ['https://a.example'], credentials: true },
    rules
  ]) {
    t.same(toCors(toCorsForm(cors)), cors)
  }
  t.same(toCors(toCorsForm(undefined)), {})
  const rate = { requests: 3, seconds: 10, by: 'caller' as const }
  const form = toLimitsForm({ rate_limit: rate, kv_bytes: 2048, memory_mb: 64 } as LuaFunction)
  t.same(toRateLimit(form), rate)
  t.equal(toNumber('kv_bytes', form.numbers.kv_bytes), 2048)
  t.equal(toNumber('memory_mb', form.numbers.memory_mb), 64)
  t.equal(toNumber('body_limit', form.numbers.body_limit), 0, 'not set')
  t.same(toRateLimit(toLimitsForm({} as LuaFunction)), {})
})
