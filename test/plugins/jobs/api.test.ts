/** What people see of jobs, and decide about them. */
import t from 'tap'
import { eventually } from '../../helpers/eventually.js'
import { atOnce, NTH, openJobs, STATUS } from './world.js'

const world = await openJobs(t)
const { call, callOpen, create, enqueue, ends, job, runs } = world
const FOREVER = { 'Moonlet-Delay': '86400' }
const once = { ...atOnce, max_attempts: 1 }

const listed = async (query: string): Promise<string[]> =>
  (await call('GET', `/api/jobs?${query}`)).json.jobs.map(({ id }: { id: string }) => id)

t.test('jobs are listed newest first, by status and function', async t => {
  const [id, other] = [await create({ code: STATUS }), await create({ code: STATUS })]
  const dead = await enqueue(`/fn/${id}/404`)
  const done = await enqueue(`/fn/${id}`)
  const queued = await enqueue(`/fn/${id}`, { headers: FOREVER })
  const others = await enqueue(`/fn/${other}/404`)
  for (const one of [dead, others]) await ends(t, one, 'dead')
  await ends(t, done, 'succeeded')
  t.same(await listed(`function_id=${id}`), [queued, done, dead])
  t.same(await listed(`function_id=${id}&status=dead`), [dead])
  t.same((await listed('status=dead')).slice(0, 2), [others, dead])
  t.same(await listed(`status=queued&function_id=${id}`), [queued])
  t.same(await listed('function_id=missing'), [])
  const page = (await call('GET', `/api/jobs?function_id=${id}&limit=1&offset=1`)).json
  t.same(page.pagination, { total: 3, limit: 1, offset: 1 })
  t.equal(page.jobs[0].id, done)
  t.notOk('attempts' in page.jobs[0])
  const wrong = await call('GET', '/api/jobs?status=lost')
  t.equal(wrong.status, 400)
  t.match(wrong.json.error, /^status: .*\[queued waiting running succeeded dead cancelled\]/)
  t.equal((await call('GET', '/api/jobs?offset=9007199254740991')).status, 200)
})

t.test('only who has the key sees jobs', async t => {
  const id = await enqueue(`/fn/${await create({ code: STATUS })}`)
  for (const [method, path] of [
    ['GET', ''],
    ['GET', `/${id}`],
    ['POST', `/${id}/redrive`],
    ['POST', `/${id}/cancel`],
    ['POST', '/redrive'],
    ['DELETE', `/${id}`]
  ] as const) {
    t.equal((await callOpen(method, `/api/jobs${path}`)).status, 401, `${method} ${path}`)
  }
})

t.test('a dead job is redriven: same id, fresh attempts, same body', async t => {
  const id = await create({ code: NTH, retry: { ...atOnce, max_attempts: 2 } })
  const jobId = await enqueue(`/fn/${id}?nth=4`, { body: 'kept' })
  await ends(t, jobId, 'dead')
  const redriven = await call('POST', `/api/jobs/${jobId}/redrive`)
  t.equal(redriven.status, 200)
  t.equal(redriven.json.id, jobId)
  const done = await ends(t, jobId, 'succeeded')
  t.match(done, { attempt: 2, attempt_count: 4 })
  t.equal(done.attempts.length, 4)
  t.equal(JSON.parse(done.event_json).body, 'kept')
})

t.test('a job is redriven to the active version, or to a chosen one', async t => {
  const id = await create({ code: 'function handler() error("v1") end', retry: once })
  const jobId = await enqueue(`/fn/${id}`)
  await ends(t, jobId, 'dead')
  await call('PUT', `/api/functions/${id}`, { code: 'function handler() return {} end' })
  t.equal((await call('POST', `/api/jobs/${jobId}/redrive`, { version: 1 })).status, 200)
  t.match(await ends(t, jobId, 'dead'), { version: 1, error: /v1/ })
  t.equal((await call('POST', `/api/jobs/${jobId}/redrive`, {})).status, 200)
  const done = await ends(t, jobId, 'succeeded')
  t.same(
    done.attempts.map(({ version }: { version: number }) => version),
    [1, 1, 2]
  )
  t.notOk('version' in done)
  for (const version of [0, -1, 1.5, '2', 1e300, [], 7]) {
    const wrong = await call('POST', `/api/jobs/${jobId}/redrive`, { version })
    t.equal(wrong.status, 400, JSON.stringify(version))
    t.match(wrong.json.error, /^version: /)
  }
  for (const body of ['[]', '"x"', '{"versoin":1}', '{', '5']) {
    t.equal((await call('POST', `/api/jobs/${jobId}/redrive`, body)).status, 400, body)
  }
  t.equal((await job(jobId)).status, 'succeeded')
})

t.test('many are redriven: those that are named, or all of a filter', async t => {
  const [id, other] = [
    await create({ code: NTH, retry: once }),
    await create({ code: NTH, retry: once })
  ]
  const ids: string[] = []
  for (let i = 0; i < 3; i++) ids.push(await enqueue(`/fn/${id}?nth=4`))
  const others = await enqueue(`/fn/${other}?nth=2`)
  for (const one of [...ids, others]) await ends(t, one, 'dead')
  const named = await call('POST', '/api/jobs/redrive', { ids: [ids[0], ids[0], 'missing'] })
  t.strictSame(named.json, { redriven: 1, skipped: 1 })
  await ends(t, ids[0] ?? '', 'succeeded')
  const all = await call('POST', '/api/jobs/redrive', { filter: { function_id: id } })
  t.strictSame(all.json, { redriven: 2, skipped: 0 })
  for (const one of ids) await ends(t, one, 'succeeded')
  t.equal((await job(others)).status, 'dead')
  const dead = await call('POST', '/api/jobs/redrive', { filter: { status: 'dead' } })
  t.ok(dead.json.redriven >= 1)
  await ends(t, others, 'succeeded')
})

t.test('many are redriven with a version that all of their functions have', async t => {
  const two = await create({ code: STATUS, retry: once })
  t.equal((await call('PUT', `/api/functions/${two}`, { code: NTH })).status, 200)
  const one = await create({ code: STATUS, retry: once })
  const ids: string[] = []
  for (const id of [two, one]) ids.push(await enqueue(`/fn/${id}/404?nth=9`))
  for (const id of ids) await ends(t, id, 'dead')
  const redrive = async (body: object) => (await call('POST', '/api/jobs/redrive', body)).json
  t.match(await redrive({ ids, version: 2 }), {
    error: `version: the function ${one} has no version 2`
  })
  t.match(await redrive({ filter: { function_id: one }, version: 2 }), {
    error: 'version: the function has no version 2'
  })
  t.match(await redrive({ filter: { status: 'dead' }, version: 1 }), {
    error: /^version: a version is one of a function: filter must have its function_id/
  })
  for (const version of ['1', 0, 1.5, true, []]) {
    t.match(await redrive({ ids, version }), { error: /^version: version must be the number/ })
  }
  for (const id of ids) t.equal((await job(id)).attempts.length, 1, 'none has run')
  t.strictSame(await redrive({ ids: [...ids, 'missing'], version: 1 }), { redriven: 2, skipped: 1 })
  const attempted = async () =>
    (await job(ids[0] ?? '')).attempts.map(({ version }: { version: number }) => version)
  await eventually(t, attempted, [2, 1])
  await ends(t, ids[0] ?? '', 'dead')
  t.strictSame(await redrive({ filter: { function_id: two }, version: 1 }), {
    redriven: 1,
    skipped: 0
  })
  await eventually(t, attempted, [2, 1, 1])
})

t.test('a request for many that is not quite clear runs none', async t => {
  const id = await create({ code: STATUS, retry: once })
  const dead = await enqueue(`/fn/${id}/404`)
  await ends(t, dead, 'dead')
  for (const body of [
    undefined,
    '',
    '{}',
    '[]',
    '{"ids":[],"filter":{}}',
    '{"ids":[]}',
    '{"ids":"all"}',
    '{"ids":[1]}',
    `{"ids":${JSON.stringify(Array.from({ length: 1001 }, (_, i) => `${i}`))}}`,
    '{"filter":{"functon_id":"x"}}',
    '{"filter":{"function_id":7}}',
    '{"filter":{"status":"running"}}',
    '{"filter":{"status":"all"}}',
    '{"filter":[]}',
    '{"filter":"x"}',
    '{"all":true}'
  ]) {
    t.equal((await call('POST', '/api/jobs/redrive', body)).status, 400, `${body}`)
  }
  t.equal((await job(dead)).status, 'dead')
})

t.test('a job that waits is cancelled, one that has ended is not', async t => {
  const id = await create({ code: STATUS })
  const queued = await enqueue(`/fn/${id}`, { headers: FOREVER })
  const cancelled = await call('POST', `/api/jobs/${queued}/cancel`)
  t.equal(cancelled.status, 200)
  t.match(cancelled.json, { id: queued, status: 'cancelled', attempts: [] })
  const again = await call('POST', `/api/jobs/${queued}/cancel`)
  t.equal(again.status, 409)
  t.match(again.json.error, /cancelled/)
  t.equal((await call('POST', `/api/jobs/${queued}/redrive`)).status, 200)
  await ends(t, queued, 'succeeded')
  t.equal(await runs(id), 1)
})

t.test('a job that is cancelled while it runs is not tried again', async t => {
  const code = `function handler()
  kv.set("began", "yes")
  time.sleep(300)
  error("no")
end`
  const id = await create({ code, retry: atOnce })
  const running = await enqueue(`/fn/${id}`)
  await eventually(t, async () => (await call('GET', `/api/functions/${id}/kv/began`)).status, 200)
  t.equal((await call('DELETE', `/api/jobs/${running}`)).status, 409)
  t.equal((await call('POST', `/api/jobs/${running}/redrive`)).status, 409)
  t.equal((await call('POST', `/api/jobs/${running}/cancel`)).status, 200)
  await eventually(
    t,
    async () => (await job(running)).attempts.map(({ status }: { status: string }) => status),
    ['error']
  )
  t.equal((await job(running)).status, 'cancelled')
  t.equal(await runs(id), 1)
})

t.test('a job is deleted, and then it is not there for anybody', async t => {
  const id = await enqueue(`/fn/${await create({ code: STATUS })}`, { headers: FOREVER })
  const gone = await call('DELETE', `/api/jobs/${id}`)
  t.equal(gone.status, 204)
  t.equal(gone.text, '')
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/cancel'],
    ['POST', '/redrive']
  ] as const) {
    const missing = await call(method, `/api/jobs/${id}${path}`)
    t.equal(missing.status, 404, `${method} ${path}`)
    t.same(missing.json, { error: 'Job not found' })
  }
  for (const strange of ['x'.repeat(5000), '%00', '..%2f..', '-1']) {
    t.equal((await call('GET', `/api/jobs/${strange}`)).status, 404)
  }
})

t.test('of many decisions about one job at once, each is whole', async t => {
  const id = await create({ code: STATUS, retry: once })
  const dead = await enqueue(`/fn/${id}/404`)
  await ends(t, dead, 'dead')
  const all = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      call('POST', `/api/jobs/${dead}/${['redrive', 'cancel', 'redrive'][i % 3]}`)
    )
  )
  t.same(
    [...new Set(all.map(({ status }) => status))].filter(status => ![200, 409].includes(status)),
    []
  )
  await eventually(t, async () => ['dead', 'cancelled'].includes((await job(dead)).status), true)
  const { attempt_count: count, attempts } = await job(dead)
  t.equal(attempts.length, count, 'every attempt has its record')
})

t.test('executions are filtered by their job', async t => {
  const id = await create({ code: NTH, retry: { ...atOnce, max_attempts: 3 } })
  const jobId = await enqueue(`/fn/${id}?nth=3`)
  await ends(t, jobId, 'succeeded')
  await world.fetch(`/fn/${id}?nth=1`)
  const list = async (query: string) =>
    (await call('GET', `/api/functions/${id}/executions?${query}`)).json
  const attempts = await list(`job_id=${jobId}`)
  t.equal(attempts.pagination.total, 3)
  t.same(
    attempts.executions.map(({ attempt }: { attempt: number }) => attempt),
    [3, 2, 1]
  )
  t.equal((await list(`job_id=${jobId}&status=success`)).pagination.total, 1)
  t.equal((await list('job_id=missing')).pagination.total, 0)
  t.equal((await list('job_id=')).pagination.total, 4)
})
