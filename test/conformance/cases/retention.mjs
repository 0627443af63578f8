// Execution history retention settings (the hourly clean-up itself is not
// observable in a short run).
import { test, OK_CODE } from '../lib/dsl.mjs'

export const area = 'retention'

export default [
  test('accepts-the-four-periods', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    for (const days of [7, 15, 30, 365]) {
      t.eq(
        (await t.api('PUT', `/api/functions/${fn.id}`, { retention_days: days })).status,
        200,
        `status for ${days}`
      )
      t.eq((await t.get(fn.id)).retention_days, days, 'retention_days')
    }
  }),
  test('refuses-other-periods', { share: true }, async t => {
    const fn = await t.create(OK_CODE, { retention_days: 30 })
    for (const days of [8, 0, -7, 366]) {
      const r = await t.api('PUT', `/api/functions/${fn.id}`, { retention_days: days })
      t.eq(r.status, 400, `status for ${days}`)
      t.ok(
        r.json?.error?.startsWith('retention_days: retention_days must be one of'),
        `error for ${days}`,
        r.json
      )
    }
    t.eq((await t.get(fn.id)).retention_days, 30, 'retention_days unchanged')
  })
]
