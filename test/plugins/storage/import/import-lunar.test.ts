import Database from 'better-sqlite3'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { isLunarDatabase } from '../../../../plugins/storage/import/lunar-database.js'
import { importLunar } from '../../../../plugins/storage/import/import-lunar.js'
import { openAt, SECRET_KEY, temporaryFolder } from '../open-storage.js'
import { execution, fn, ID, version, writeLunarDatabase } from './lunar-database.js'

const migrationsFolder = fileURLToPath(new URL('../../../../../migrations/', import.meta.url))
const page = { limit: 100, offset: 0 }

/** Writes a database of lunar and gives what imports it and what opens the result. */
async function place(
  t: Test,
  ...[tables, without]: [
    tables: Parameters<typeof writeLunarDatabase>[1],
    without?: readonly string[]
  ]
) {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'lunar.db')
  const database = join(folder, 'moonlet.db')
  writeLunarDatabase(file, tables, without)
  return {
    file,
    database,
    import: (onProgress = (_done: number, _total: number) => {}) =>
      importLunar({ file, database, migrationsFolder, secretKey: SECRET_KEY, onProgress }),
    open: () => openAt(t, database),
    dump: () => {
      const db = new Database(database, { readonly: true })
      const tables = db
        .prepare<[], string>("select name from sqlite_schema where type = 'table' order by name")
        .pluck()
        .all()
      const rows = Object.fromEntries(
        tables.map(table => [table, db.prepare(`select * from "${table}"`).all()])
      )
      db.close()
      return JSON.stringify(rows)
    }
  }
}

const whole = {
  functions: [fn()],
  function_versions: [version(1), version(2, { is_active: 1 }), version(5)],
  kv_store: [
    { function_id: ID, key: 'count', value: '41' },
    { function_id: ID, key: 'empty', value: '' }
  ],
  env_vars: [{ function_id: ID, key: 'TOKEN', value: 'geheim ☾' }],
  executions: [
    execution('d4l1ikp2rpqc73a0b1d0'),
    execution('d4l1ikp2rpqc73a0b1e0', {
      status: 'error',
      error_message: 'Error: no',
      trigger: 'cron',
      response_json: null,
      function_version_id: `ver_${ID}_v1`
    }),
    execution('d4l1ikp2rpqc73a0b1f0', { status: 'pending', duration_ms: null })
  ],
  logs: [
    {
      id: 'l3',
      execution_id: 'd4l1ikp2rpqc73a0b1e0',
      level: 3,
      message: 'bad',
      timestamp: 1_700_000_201
    },
    {
      id: 'l1',
      execution_id: 'd4l1ikp2rpqc73a0b1d0',
      level: 0,
      message: 'first',
      timestamp: 1_700_000_201
    },
    {
      id: 'l2',
      execution_id: 'd4l1ikp2rpqc73a0b1d0',
      level: 1,
      message: 'second',
      timestamp: 1_700_000_202
    }
  ],
  ai_requests: [
    {
      id: 'a1',
      execution_id: 'd4l1ikp2rpqc73a0b1d0',
      provider: 'openai',
      model: 'gpt',
      endpoint: 'https://ai.example/v1',
      request_json: '{}',
      response_json: '{"a":1}',
      status: 'success',
      input_tokens: 3,
      output_tokens: 4,
      duration_ms: 5,
      created_at: 1_700_000_203
    }
  ],
  email_requests: [
    {
      id: 'm1',
      execution_id: 'd4l1ikp2rpqc73a0b1d0',
      from_address: 'a@example.org',
      to_addresses: '"Doe, Jane" <b@example.org>,c@example.org',
      subject: 'Hi',
      has_text: 1,
      has_html: 0,
      request_json: '{}',
      response_json: '{"id":"e"}',
      status: 'success',
      email_id: 'e',
      duration_ms: 6,
      created_at: 1_700_000_204
    }
  ]
}

t.test('history whose ids do not go with its time is filtered and expires by its time', async t => {
  const here = await place(t, {
    ...whole,
    executions: [...whole.executions, execution('x-1', { created_at: 1_700_000_900 })],
    logs: [],
    ai_requests: [],
    email_requests: []
  })
  t.same((await here.import()).problems, [])
  const storage = await here.open()
  t.equal(
    (await storage.executions.list(ID, page, { from: 1_700_000_200, to: 1_700_000_200 })).total,
    3
  )
  t.same(
    (await storage.executions.list(ID, page, { from: 1_700_000_900 })).rows.map(row => row.id),
    ['x-1']
  )
  t.equal(await storage.executions.expire(1_700_000_201 + 30 * 86_400, 10), 3)
  t.same(
    (await storage.executions.list(ID, page)).rows.map(row => row.id),
    ['x-1']
  )
})

t.test('takes over functions, versions, kv, variables and history with their ids', async t => {
  const here = await place(t, whole)
  const report = await here.import()
  t.same(report.problems, [])
  t.same(
    Object.fromEntries(Object.entries(report.tables).map(([name, counts]) => [name, counts.taken])),
    {
      functions: 1,
      function_versions: 3,
      kv_store: 2,
      env_vars: 1,
      executions: 3,
      logs: 3,
      ai_requests: 1,
      email_requests: 1
    }
  )

  const storage = await here.open()
  const found = await storage.functions.find(ID)
  t.same(found?.fn, {
    id: ID,
    name: 'hello',
    description: 'says hello',
    disabled: false,
    retentionDays: 30,
    cronSchedule: '0 * * * *',
    cronStatus: 'active',
    cronCatchUp: false,
    saveResponse: true,
    allowSameOrigin: false,
    createdAt: 1_700_000_000,
    updatedAt: 1_700_000_100
  })
  t.same(found?.active, {
    id: `ver_${ID}_v2`,
    functionId: ID,
    version: 2,
    code: '-- 2',
    createdAt: 1_700_000_002,
    isActive: true
  })
  t.same(
    (await storage.versions.list(ID, page)).rows.map(row => row.version),
    [5, 2, 1]
  )
  t.equal(Buffer.from((await storage.kv.get(ID, Buffer.from('count'))) ?? []).toString(), '41')
  t.equal((await storage.kv.get(ID, Buffer.from('empty')))?.length, 0)
  t.same(await storage.env.all(ID), { TOKEN: 'geheim ☾' })

  const history = await storage.executions.list(ID, page)
  t.equal(history.total, 3)
  t.same(
    history.rows.map(({ id, status, trigger, versionId }) => [id, status, trigger, versionId]),
    [
      ['d4l1ikp2rpqc73a0b1f0', 'error', 'http', `ver_${ID}_v2`],
      ['d4l1ikp2rpqc73a0b1e0', 'error', 'cron', `ver_${ID}_v1`],
      ['d4l1ikp2rpqc73a0b1d0', 'success', 'http', `ver_${ID}_v2`]
    ]
  )
  t.match(history.rows[0], { fault: { kind: 'interrupted' }, errorMessage: /still pending/ })
  t.equal(history.rows[1]?.errorMessage, 'Error: no')
  t.same((await storage.executions.logs('d4l1ikp2rpqc73a0b1d0', page)).rows, [
    { level: 'debug', message: 'first', createdAt: 1_700_000_201 },
    { level: 'info', message: 'second', createdAt: 1_700_000_202 }
  ])
  t.match((await storage.executions.aiRequests('d4l1ikp2rpqc73a0b1d0', page)).rows, [
    { id: 'a1', model: 'gpt', inputTokens: 3, outputTokens: 4, responseJson: '{"a":1}' }
  ])
  t.match((await storage.executions.emailRequests('d4l1ikp2rpqc73a0b1d0', page)).rows, [
    {
      id: 'm1',
      to: ['"Doe, Jane" <b@example.org>', 'c@example.org'],
      hasText: true,
      hasHtml: false,
      emailId: 'e'
    }
  ])
})

t.test('the status codes of answers that were kept come along', async t => {
  const answers = [
    '{"statusCode":404,"headers":{},"body":"no","isBase64Encoded":false}',
    '{ "statusCode": 503 }',
    '{"statusCode":200,"body":"cut',
    '{"statusCode":2000}',
    '{"body":"{\\"statusCode\\":404}"}',
    'not JSON',
    null
  ]
  const ids = answers.map((_, i) => `d4l1ikp2rpqc73a0b1${i}0`)
  const here = await place(t, {
    ...whole,
    executions: ids.map((id, i) => execution(id, { response_json: answers[i] })),
    logs: [],
    ai_requests: [],
    email_requests: []
  })
  t.same((await here.import()).problems, [])
  const storage = await here.open()
  const codes = await Promise.all(
    ids.map(async id => (await storage.executions.find(id))?.statusCode)
  )
  t.same(codes, [404, 503, 200, undefined, undefined, undefined, undefined])
})

t.test('a second run changes nothing', async t => {
  const here = await place(t, whole)
  await here.import()
  const before = here.dump()
  const report = await here.import()
  t.equal(here.dump(), before)
  t.same(report.tables.functions, { taken: 0, present: 1, refused: 0 })
  t.same(report.tables.executions, { taken: 0, present: 3, refused: 0 })
  t.same(report.tables.logs, { taken: 0, present: 3, refused: 0 })
})

t.test('what was changed here since is not set back', async t => {
  const here = await place(t, whole)
  await here.import()
  const storage = await here.open()
  await storage.functions.update(ID, {
    patch: { name: 'renamed' },
    code: '-- new',
    now: 1_800_000_000
  })
  await storage.kv.delete(ID, Buffer.from('count'))
  await storage.close()
  await here.import()
  const again = await here.open()
  t.match(
    await again.functions.find(ID),
    { fn: { name: 'renamed' }, active: { version: 6, code: '-- new' } },
    'a new version comes after the highest there was'
  )
  t.equal(await again.kv.get(ID, Buffer.from('count')), undefined)
})

t.test('columns that came later may be missing', async t => {
  const here = await place(
    t,
    {
      functions: [{ id: ID, name: 'old', created_at: 1, updated_at: 2 }],
      function_versions: [version(1, { is_active: 1 })],
      executions: [
        {
          id: 'x',
          function_id: ID,
          function_version_id: `ver_${ID}_v1`,
          status: 'success',
          duration_ms: 1,
          created_at: 3
        }
      ]
    },
    [
      'functions.language',
      'function_versions.language',
      'functions.description',
      'functions.disabled',
      'functions.retention_days',
      'functions.cron_schedule',
      'functions.cron_status',
      'functions.save_response',
      'executions.event_json',
      'executions.trigger',
      'executions.response_json'
    ]
  )
  const report = await here.import()
  t.same(report.problems, [])
  const storage = await here.open()
  t.match(await storage.functions.find(ID), {
    fn: {
      name: 'old',
      disabled: false,
      retentionDays: undefined,
      cronSchedule: undefined,
      cronStatus: 'paused'
    }
  })
  t.match(await storage.executions.find('x'), { trigger: 'http', eventJson: '{}' })
})

t.test('rows that make no sense are reported and left out, the rest is taken over', async t => {
  const here = await place(t, {
    functions: [fn(), fn({ id: 'nameless', name: null })],
    function_versions: [
      version(1, { is_active: 1 }),
      version(0),
      { ...version(3), function_id: 'nobody', id: 'stray' },
      { ...version(1), id: 'v-nameless', function_id: 'nameless' }
    ],
    kv_store: [{ function_id: 'nobody', key: 'k', value: 'v' }],
    executions: [
      execution('d4l1ikp2rpqc73a0b1d0', { function_version_id: `ver_${ID}_v1` }),
      execution('d4l1ikp2rpqc73a0b1e0', { status: 'weird' }),
      execution('d4l1ikp2rpqc73a0b1f0', {
        function_id: 'nobody',
        function_version_id: 'ver_nobody_v1'
      }),
      execution('d4l1ikp2rpqc73a0b1g0', { function_version_id: 'gone' }),
      execution('d4l1ikp2rpqc73a0b1h0', { created_at: 'yesterday' })
    ],
    logs: [
      { id: 'l1', execution_id: 'd4l1ikp2rpqc73a0b1d0', level: 9, message: 'm', timestamp: 1 },
      { id: 'l2', execution_id: 'd4l1ikp2rpqc73a0b1d0', level: 1, message: 'fine', timestamp: 1 },
      { id: 'l3', execution_id: 'missing', level: 1, message: 'm', timestamp: 1 }
    ]
  })
  const report = await here.import()
  t.same(
    report.problems.map(({ table, row, reason }) => `${table} ${row}: ${reason}`).sort(),
    [
      'executions d4l1ikp2rpqc73a0b1e0: status is "weird", not one of pending, success, error',
      'executions d4l1ikp2rpqc73a0b1f0: it belongs to no function (function_id "nobody")',
      'executions d4l1ikp2rpqc73a0b1g0: function_version_id is "gone", which is no version',
      'executions d4l1ikp2rpqc73a0b1h0: created_at is "yesterday", not a whole number',
      'function_versions stray: it belongs to no function (function_id "nobody")',
      `function_versions ver_${ID}_v0: version is 0, not a number from 1`,
      'functions nameless: name is missing, not a text',
      'kv_store k: it belongs to no function (function_id "nobody")',
      'logs l1: level is 9, not 0 to 3',
      'logs l3: it belongs to no execution (execution_id "missing")'
    ].sort()
  )
  const storage = await here.open()
  t.equal((await storage.executions.list(ID, page)).total, 1)
  t.same(
    (await storage.executions.logs('d4l1ikp2rpqc73a0b1d0', page)).rows.map(
      ({ message }) => message
    ),
    ['fine']
  )
})

t.test('keys and values are taken over byte by byte', async t => {
  const here = await place(t, {
    functions: [fn()],
    function_versions: [version(1, { is_active: 1 })]
  })
  const db = new Database(here.file)
  db.exec(`insert into kv_store values ('${ID}', cast(x'ff00' as text), cast(x'80c3' as text))`)
  db.close()
  await here.import()
  const storage = await here.open()
  t.same(await storage.kv.get(ID, Buffer.from([0xff, 0])), Buffer.from([0x80, 0xc3]))
})

t.test(
  'entries of the store that all functions share are taken over, and those here already stay',
  async t => {
    const here = await place(t, {
      functions: [fn()],
      function_versions: [version(1, { is_active: 1 })],
      kv_store: [
        { function_id: ID, key: 'motd', value: 'own' },
        { function_id: '', key: 'motd', value: 'hello' },
        { function_id: '', key: 'a', value: 'b' }
      ]
    })
    const report = await here.import()
    t.same(report.problems, [])
    t.same(report.tables.kv_store, { taken: 3, present: 0, refused: 0 })
    const storage = await here.open()
    const text = async (scope: string, key: string) =>
      Buffer.from((await storage.kv.get(scope, Buffer.from(key))) ?? []).toString()
    t.same(
      [await text('', 'motd'), await text('', 'a'), await text(ID, 'motd')],
      ['hello', 'b', 'own']
    )
    await storage.kv.set('', Buffer.from('motd'), Buffer.from('changed'))
    await storage.close()
    t.same((await here.import()).tables.kv_store, { taken: 0, present: 3, refused: 0 })
    const again = await here.open()
    t.equal(Buffer.from((await again.kv.get('', Buffer.from('motd'))) ?? []).toString(), 'changed')
  }
)

t.test('a function in another language than Lua is taken over disabled, with a note', async t => {
  const here = await place(t, {
    functions: [fn(), fn({ id: 'lua-now' }), fn({ id: 'named-by-function', language: 'starlark' })],
    function_versions: [
      version(1, { language: 'starlark' }),
      version(2, { language: 'starlark', is_active: 1 }),
      { ...version(1, { language: 'starlark' }), id: 'v1', function_id: 'lua-now' },
      { ...version(2, { language: 'lua', is_active: 1 }), id: 'v2', function_id: 'lua-now' },
      { ...version(1, { is_active: 1 }), id: 'v3', function_id: 'named-by-function' }
    ]
  })
  const report = await here.import()
  t.same(report.problems, [])
  const note = (id: string) =>
    `hello (${id}) is written in starlark, which Moonlet does not run: it was taken over disabled. Write it anew in Lua, then enable it.`
  t.same(report.notes, [note(ID), note('named-by-function')])
  const storage = await here.open()
  t.match(await storage.functions.find(ID), {
    fn: { disabled: true },
    active: { version: 2, code: '-- 2' }
  })
  t.match(await storage.functions.find('lua-now'), { fn: { disabled: false } })
  t.match(await storage.functions.find('named-by-function'), { fn: { disabled: true } })
})

t.test('a function without an active version is told of', async t => {
  const here = await place(t, { functions: [fn()], function_versions: [version(1)] })
  const report = await here.import()
  t.same(report.notes, [
    `hello (${ID}) has no active version and cannot run until one is activated`
  ])
})

t.test('progress counts functions and executions to the end', async t => {
  const here = await place(t, whole)
  const steps: string[] = []
  await here.import((done, total) => {
    steps.push(`${done}/${total}`)
  })
  t.same(steps, ['1/4', '2/4', '3/4', '4/4'])
})

t.test('thousands of executions keep their logs', async t => {
  const ids = Array.from({ length: 3000 }, (_, i) => `e${String(i).padStart(6, '0')}`)
  const here = await place(t, {
    functions: [fn()],
    function_versions: [version(2, { is_active: 1 })],
    executions: ids.map(id => execution(id)),
    logs: ids.toReversed().flatMap(id =>
      [1, 2].map(n => ({
        id: `${id}-${n}`,
        execution_id: id,
        level: 1,
        message: `${id} ${n}`,
        timestamp: n
      }))
    )
  })
  const report = await here.import()
  t.equal(report.tables.logs.taken, 6000)
  const storage = await here.open()
  for (const id of [ids[0]!, ids[499]!, ids[500]!, ids[2999]!]) {
    t.same(
      (await storage.executions.logs(id, page)).rows.map(({ message }) => message),
      [`${id} 1`, `${id} 2`]
    )
  }
})

t.test('knows a database of lunar by its content', async t => {
  const here = await place(t, whole)
  await here.import()
  t.equal(isLunarDatabase(here.file), true)
  t.equal(isLunarDatabase(here.database), false, "Moonlet's own is none")
  t.equal(isLunarDatabase(fileURLToPath(import.meta.url)), false, 'nor is any other file')
})
