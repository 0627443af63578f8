import t from 'tap'
import { alertKinds, webhookFormats } from '../../core/contracts/alerts.js'
import { defaultRetry } from '../../core/contracts/front-door.js'
import { jobStatuses } from '../../core/contracts/jobs.js'
import { tokenScopes } from '../../core/contracts/tokens.js'
import { limits as server } from '../../core/validation/limits.js'
import { byteLength, isTooLong, limits } from '../../public/api/limits.js'
import * as lists from '../../public/api/lists.js'
import * as alerts from '../../public/pages/alerts/alert-form.js'
import * as retry from '../../public/pages/retry/retry-form.js'

t.test('the pages know the limits of the server', async t => {
  t.same(limits, {
    name: server.nameBytes,
    description: server.descriptionBytes,
    code: server.codeBytes,
    variable: server.envValueBytes,
    variableName: server.envKeyBytes
  })
})

t.test('the pages know what the server has of scopes, statuses, alerts and retries', async t => {
  t.same(lists.tokenScopes, tokenScopes)
  t.same([...lists.jobStatuses].sort(), [...jobStatuses].sort())
  t.same(alerts.kinds, alertKinds)
  t.same(alerts.formats, webhookFormats)
  t.same(retry.defaultRetry, defaultRetry)
})

t.test('lengths are bytes, not characters', async t => {
  t.equal(byteLength('é€😀'), 9)
  t.equal(isTooLong('é'.repeat(50), 100), false)
  t.equal(isTooLong('é'.repeat(51), 100), true)
  t.equal(isTooLong('€'.repeat(33), 100), false)
})
