// What the management API refuses, with which message, and the exact limits.
import { test, OK_CODE } from '../lib/dsl.mjs'

export const area = 'api-validation'

/** Each [fields, message] must be refused by POST /api/functions. */
function badCreate(name, options, ...rows) {
  return test(name, options, async t => {
    for (const [fields, message] of rows) {
      const body = { name: t.name(), code: OK_CODE, ...fields }
      for (const k of Object.keys(body)) if (body[k] === undefined) delete body[k]
      const r = await t.api('POST', '/api/functions', body)
      if (r.json?.id) t.own(r.json.id)
      t.eq(
        [r.status, r.json],
        [400, { error: message }],
        `answer for ${Object.keys(fields).join(' and ')}`
      )
    }
  })
}

/** Each set of fields must be taken by POST /api/functions. */
function goodCreate(name, options, ...makers) {
  return test(name, options, async t => {
    for (const make of makers) {
      const r = await t.api('POST', '/api/functions', { name: t.name(), code: OK_CODE, ...make(t) })
      if (r.json?.id) t.own(r.json.id)
      t.eq(r.status, 200, 'status')
    }
  })
}

/** Each [patch, message] must be refused by PUT; a message ending in "..." is a prefix. */
function badUpdate(name, options, ...rows) {
  return test(name, options, async t => {
    const fn = await t.create(OK_CODE)
    for (const [patch, message] of rows) {
      const r = await t.api('PUT', `/api/functions/${fn.id}`, patch)
      t.eq(r.status, 400, `status for ${JSON.stringify(patch).slice(0, 60)}`)
      if (message.endsWith('...')) {
        t.ok(
          r.json?.error?.startsWith(message.slice(0, -3)),
          `error starts with ${message}`,
          r.json
        )
      } else t.eq(r.json, { error: message }, 'body')
    }
  })
}

/** Each [body, message] must be refused by PUT .../env and change nothing. */
function badEnv(name, options, ...rows) {
  return test(name, options, async t => {
    const fn = await t.create(OK_CODE, { env: { KEEP: 'me' } })
    for (const [body, message] of rows) {
      const r = await t.api('PUT', `/api/functions/${fn.id}/env`, body)
      t.eq(
        [r.status, r.json],
        [400, { error: message }],
        `answer for ${JSON.stringify(body).slice(0, 60)}`
      )
    }
    t.eq((await t.get(fn.id)).env_vars, { KEEP: 'me' }, 'env_vars untouched')
  })
}

const NAME_EMPTY = 'name: name cannot be empty'
const NAME_LONG = 'name: name cannot be longer than 100 characters'
const CODE_EMPTY = 'code: code cannot be empty'
const NOTHING = 'request: at least one field must be provided for update'
const BODY = 'Invalid request body'
const KEY_CHARS =
  'env_var_key: environment variable key can only contain letters, numbers, and underscores'

export default [
  badCreate(
    'create-name-missing-or-blank',
    { share: true },
    [{ name: undefined }, NAME_EMPTY],
    [{ name: '' }, NAME_EMPTY],
    [{ name: ' \t\n ' }, NAME_EMPTY]
  ),
  badCreate('create-name-too-long', { share: true }, [{ name: 'n'.repeat(101) }, NAME_LONG]),
  goodCreate('create-description-of-500', { share: true }, () => ({
    description: 'd'.repeat(500)
  })),
  badCreate(
    'create-code-missing-or-blank',
    { share: true },
    [{ code: undefined }, CODE_EMPTY],
    [{ code: '' }, CODE_EMPTY],
    [{ code: ' \n\t ' }, CODE_EMPTY]
  ),
  badCreate(
    'create-wrong-types',
    { share: true },
    [{ name: 5 }, BODY],
    [{ code: ['x'] }, BODY],
    [{ description: {} }, BODY]
  ),
  test('create-body-not-an-object', { share: true }, async t => {
    for (const body of ['{"name": "x", ', '', '[]', 'hello']) {
      const r = await t.api('POST', '/api/functions', body)
      t.eq([r.status, r.json], [400, { error: BODY }], `answer for ${JSON.stringify(body)}`)
    }
  }),
  badUpdate(
    'update-nothing',
    { share: true },
    [{}, NOTHING],
    [{ name: null, code: null }, NOTHING],
    [{ colour: 'red' }, NOTHING]
  ),
  badUpdate(
    'update-code-blank',
    { share: true },
    [{ code: ' ' }, CODE_EMPTY],
    [{ code: '' }, CODE_EMPTY]
  ),
  badUpdate(
    'update-cron-values',
    { share: true },
    [{ cron_status: 'on' }, 'cron_status: ...'],
    [{ cron_status: '' }, 'cron_status: ...'],
    [{ cron_schedule: 'every day' }, 'cron_schedule: invalid cron expression...']
  ),
  test('refused-update-changes-nothing', { share: true }, async t => {
    const fn = await t.create(OK_CODE, { description: 'before' })
    const r = await t.api('PUT', `/api/functions/${fn.id}`, {
      name: t.name('x'),
      description: 'after',
      code: `${OK_CODE}--2\n`,
      disabled: true,
      cron_schedule: 'bad'
    })
    t.eq(r.status, 400, 'status')
    const got = await t.get(fn.id)
    t.eq(
      [got.name, got.description, got.active_version.version, got.disabled],
      [fn.name, 'before', 1, false],
      'fields'
    )
  }),
  badEnv(
    'env-set-missing',
    { share: true },
    [{}, 'env_vars: env_vars cannot be nil'],
    [{ env_vars: null }, 'env_vars: env_vars cannot be nil']
  ),
  badEnv(
    'env-key-characters',
    { share: true },
    [{ env_vars: { 'A-B': '1' } }, KEY_CHARS],
    [{ env_vars: { 'A B': '1' } }, KEY_CHARS],
    [{ env_vars: { É: '1' } }, KEY_CHARS],
    [{ env_vars: { 'A.B': '1' } }, KEY_CHARS]
  ),
  badEnv(
    'env-value-blank',
    { share: true },
    [{ env_vars: { A: '' } }, 'env_var_value: environment variable value cannot be empty'],
    [{ env_vars: { A: ' \t ' } }, 'env_var_value: environment variable value cannot be empty']
  )
]
