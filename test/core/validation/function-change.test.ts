import t from 'tap'
import { readFunctionChange, readNewFunction } from '../../../core/validation/function-change.js'

const MIB = 1024 * 1024
const refused = (message: string) => ({ code: 'VALIDATION', statusCode: 400, message })

t.test('a new function keeps its texts as they are', async t => {
  t.same(readNewFunction({ name: '  x ', code: 'return\n' }), {
    name: '  x ',
    code: 'return\n',
    description: undefined
  })
})

t.test('a name needs something besides white space of any kind', async t => {
  for (const name of [undefined, '', ' \t\r\n', '\u00a0\u2003\u3000\u0085']) {
    t.throws(() => readNewFunction({ name, code: 'x' }), refused('name: name cannot be empty'))
  }
})

t.test('a name is measured trimmed, in bytes', async t => {
  t.doesNotThrow(() => readNewFunction({ name: ` ${'n'.repeat(100)} \n`, code: 'x' }))
  t.doesNotThrow(() => readNewFunction({ name: 'é'.repeat(50), code: 'x' }))
  const message = 'name: name cannot be longer than 100 characters'
  t.throws(() => readNewFunction({ name: 'n'.repeat(101), code: 'x' }), refused(message))
  t.throws(() => readNewFunction({ name: `${'é'.repeat(50)}e`, code: 'x' }), refused(message))
})

t.test('a description has at most 500 bytes and may be empty', async t => {
  t.doesNotThrow(() => readNewFunction({ name: 'x', code: 'x', description: '' }))
  t.doesNotThrow(() => readNewFunction({ name: 'x', code: 'x', description: 'd'.repeat(500) }))
  const message = 'description: description cannot be longer than 500 characters'
  t.throws(
    () => readNewFunction({ name: 'x', code: 'x', description: 'd'.repeat(501) }),
    refused(message)
  )
  t.throws(
    () => readNewFunction({ name: 'x', code: 'x', description: '€'.repeat(167) }),
    refused(message)
  )
})

t.test('code needs something in it and has at most a mebibyte', async t => {
  for (const code of [undefined, '', ' \n\t']) {
    t.throws(() => readNewFunction({ name: 'x', code }), refused('code: code cannot be empty'))
  }
  t.doesNotThrow(() => readNewFunction({ name: 'x', code: 'c'.repeat(MIB) }))
  t.throws(
    () => readNewFunction({ name: 'x', code: 'c'.repeat(MIB + 1) }),
    refused('code: code cannot be longer than 1048576 bytes')
  )
})

t.test('the first failure in the order name, description, code is the one told', async t => {
  t.throws(
    () => readNewFunction({ name: '', description: 'd'.repeat(501), code: '' }),
    refused('name: name cannot be empty')
  )
  t.throws(
    () => readNewFunction({ name: 'x', description: 'd'.repeat(501), code: '' }),
    refused('description: description cannot be longer than 500 characters')
  )
})

t.test('a change needs at least one known field', async t => {
  t.throws(
    () => readFunctionChange({}),
    refused('request: at least one field must be provided for update')
  )
})

t.test('a change holds what was given and nothing else', async t => {
  t.same(
    readFunctionChange({
      name: 'y',
      disabled: false,
      retention_days: 30,
      cron_schedule: '',
      cron_status: 'active',
      cron_catch_up: true,
      save_response: true,
      allow_same_origin: true,
      code: 'c'
    }),
    {
      patch: {
        name: 'y',
        disabled: false,
        retentionDays: 30,
        cronSchedule: '',
        cronCatchUp: true,
        saveResponse: true,
        allowSameOrigin: true,
        cronStatus: 'active'
      },
      code: 'c'
    }
  )
  t.same(readFunctionChange({ cron_status: 'paused' }), {
    patch: { cronStatus: 'paused' },
    code: undefined
  })
  t.same(readFunctionChange({ code: 'c' }), { patch: {}, code: 'c' })
})

t.test('retention is one of four periods', async t => {
  for (const days of [7, 15, 30, 365]) {
    t.equal(readFunctionChange({ retention_days: days }).patch.retentionDays, days)
  }
  for (const days of [0, -7, 8, 366]) {
    t.throws(
      () => readFunctionChange({ retention_days: days }),
      refused('retention_days: retention_days must be one of: [7 15 30 365]')
    )
  }
})

t.test('a schedule is checked as the scheduler reads it', async t => {
  t.doesNotThrow(() => readFunctionChange({ cron_schedule: '*/5 * * * MON-FRI' }))
  t.throws(() => readFunctionChange({ cron_schedule: 'every day' }), {
    message: /^cron_schedule: invalid cron expression: ./,
    statusCode: 400
  })
})

t.test('a cron status is active or paused', async t => {
  for (const status of ['', 'on', 'Active']) {
    t.throws(
      () => readFunctionChange({ cron_status: status }),
      refused('cron_status: cron_status must be one of: [active paused]')
    )
  }
})

t.test('the fields of a change are checked in their order', async t => {
  t.throws(
    () => readFunctionChange({ retention_days: 1, cron_schedule: 'x', cron_status: 'x' }),
    /retention_days/
  )
  t.throws(() => readFunctionChange({ cron_schedule: 'x', cron_status: 'x' }), /cron_schedule/)
})
