import type { Test } from 'tap'
import type { OpenStorage } from './storage.js'
import {
  aiRequest,
  bytes,
  createFunction,
  emailRequest,
  finished,
  httpRequest,
  ids,
  log,
  newExecution,
  NOW,
  PAGE,
  randomText,
  run
} from './storage-fixtures.js'

export function testExecutions(t: Test, open: OpenStorage): void {
  t.test('a finished execution is kept as it was given', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const execution = newExecution(id, { trigger: 'cron', eventJson: '{"ü":"\\u0000"}' })
    const fault = { kind: 'runtime', message: 'x:1: no', line: 1, traceback: 't' } as const
    storage.executions.begin(execution)
    await storage.executions.finish(
      finished(execution, {
        status: 'error',
        durationMs: 12,
        errorMessage: 'Error at line 1',
        fault,
        statusCode: 404,
        responseJson: '{"a":1}'
      })
    )
    const { node, ...kept } = (await storage.executions.find(execution.id)) ?? {}
    t.strictSame(kept, {
      ...execution,
      status: 'error',
      durationMs: 12,
      errorMessage: 'Error at line 1',
      fault,
      statusCode: 404,
      responseJson: '{"a":1}'
    })
    t.equal(node !== undefined, storage.shared !== undefined, 'who ran it, where that may differ')
    const { rows } = await storage.executions.list(id, PAGE)
    t.equal(rows[0]?.responseJson, undefined, 'left out of lists')
    t.equal(rows[0]?.eventJson, '{"ü":"\\u0000"}')
  })

  t.test('large events and answers are kept whole, whatever they are stored as', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const before = (await storage.usage(id)).history
    const texts = [
      ['words', 'some words \0 \u{1F600} ü \uFDD0 "'.repeat(3000)],
      ['random', randomText(70_000)],
      ['not so large', 'x'.repeat(5000)]
    ] as const
    for (const [name, body] of texts) {
      for (const isWrittenFirst of [false, true]) {
        const execution = newExecution(id, {
          eventJson: JSON.stringify({ method: 'GET', path: '/p', headers: {}, body, query: {} })
        })
        const responseJson = JSON.stringify({ body })
        storage.executions.begin(execution)
        if (isWrittenFirst) await storage.executions.makeDurable(execution.id)
        await storage.executions.finish(finished(execution, { responseJson }))
        const found = await storage.executions.find(execution.id)
        t.equal(found?.eventJson, execution.eventJson, name)
        t.equal(found?.responseJson, responseJson, name)
        const listed = JSON.parse(
          (await storage.executions.findListed(execution.id))?.eventJson ?? ''
        )
        t.match(listed, { path: '/p', truncated: true })
      }
    }
    const used = (await storage.usage(id)).history - before
    t.ok(used > 4 * 70_000 && used < 4 * 70_000 + 50_000, `${used} bytes: what is stored counts`)
    t.equal(await storage.executions.expire(NOW + 30 * 86_400, 100), 6)
    t.equal((await storage.usage(id)).history, before)
  })

  t.test(
    'what is known of a streamed answer is kept, also where its pending record came first',
    async t => {
      const storage = await open(t)
      const id = await createFunction(storage)
      const stream = { size: 123_456, firstByteMs: 7 }
      for (const isWrittenFirst of [false, true]) {
        const execution = newExecution(id)
        storage.executions.begin(execution)
        if (isWrittenFirst) await storage.executions.makeDurable(execution.id)
        await storage.executions.finish(finished(execution, { stream }))
        t.strictSame((await storage.executions.find(execution.id))?.stream, stream)
        t.strictSame((await storage.executions.findListed(execution.id))?.stream, stream)
      }
      await storage.executions.makeDurable('nope')
    }
  )

  t.test('an execution that is not there is undefined, its parts are empty', async t => {
    const storage = await open(t)
    t.equal(await storage.executions.find('nope'), undefined)
    for (const part of ['logs', 'aiRequests', 'emailRequests', 'httpRequests'] as const) {
      t.match(await storage.executions[part]('nope', PAGE), { rows: [], total: 0 })
    }
    t.same(await storage.executions.list('nope', PAGE), { rows: [], total: 0 })
    t.equal(await storage.executions.lastId(), undefined)
    storage.executions.linkToExecution('nope')
    storage.executions.appendLogs('nope', [log('x')])
    await storage.probe()
  })

  t.test('of many HTTP requests the first hundred are kept, and the others counted', async t => {
    const storage = await open(t)
    const execution = newExecution(await createFunction(storage))
    storage.executions.begin(execution)
    const failed = httpRequest(execution.id, {
      status: 'error',
      statusCode: undefined,
      responseSize: undefined,
      errorMessage: 'no'
    })
    const all = [failed, ...Array.from({ length: 119 }, () => httpRequest(execution.id))]
    for (const request of all) storage.executions.appendHttpRequest(request)
    t.match(await storage.executions.httpRequests(execution.id, PAGE), { total: 100 })
    await storage.executions.finish(finished(execution))
    const { rows, total, leftOut } = await storage.executions.httpRequests(execution.id, {
      limit: 100,
      offset: 0
    })
    t.strictSame([total, leftOut], [100, 20])
    t.strictSame(rows, all.slice(0, 100))
  })

  t.test('a running execution is seen as pending', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const execution = newExecution(id)
    storage.executions.begin(execution)
    t.match(await storage.executions.find(execution.id), {
      id: execution.id,
      status: 'pending',
      durationMs: undefined
    })
    t.match(await storage.executions.list(id, PAGE), {
      rows: [{ id: execution.id, status: 'pending' }],
      total: 1
    })
    t.match(await storage.executions.list(id, PAGE, { status: 'pending' }), {
      rows: [{ id: execution.id }],
      total: 1
    })
    await storage.executions.finish(finished(execution, { statusCode: 201 }))
    t.match(await storage.executions.list(id, PAGE), {
      rows: [{ id: execution.id, status: 'success', statusCode: 201, durationMs: 5 }],
      total: 1
    })
    t.match(await storage.executions.list(id, PAGE, { status: 'pending' }), { rows: [], total: 0 })
  })

  t.test('lists see a run that has only begun', async t => {
    const storage = await open(t)
    const [one, two] = [await createFunction(storage), await createFunction(storage)]
    const execution = newExecution(one)
    storage.executions.begin(execution)
    storage.executions.begin(newExecution(two))
    t.equal((await storage.executions.latest([one, two, 'nope'])).get(one)?.id, execution.id)
    t.equal((await storage.executions.list(two, PAGE)).total, 1)
  })

  t.test('executions are listed strictly newest first', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const made = await Promise.all(Array.from({ length: 45 }, () => run(storage, id)))
    made.sort().reverse()
    const pages = await Promise.all(
      [0, 20, 40, 60].map(offset => storage.executions.list(id, { limit: 20, offset }))
    )
    t.same(
      pages.flatMap(({ rows }) => rows.map(row => row.id)),
      made
    )
    t.same(
      pages.map(({ total }) => total),
      [45, 45, 45, 45]
    )
    t.equal(await storage.executions.lastId(), made[0])
  })

  t.test('logs keep their order, early ones first', async t => {
    const storage = await open(t)
    const execution = newExecution(await createFunction(storage))
    storage.executions.begin(execution)
    storage.executions.appendLogs(execution.id, [log('1', 'debug'), log('2', 'info')])
    t.same(
      (await storage.executions.logs(execution.id, PAGE)).rows.map(({ message }) => message),
      ['1', '2'],
      'readable while it runs'
    )
    storage.executions.appendLogs(execution.id, [log('3', 'warn')])
    await storage.executions.finish(finished(execution, { logs: [log('4', 'error'), log('')] }))
    t.strictSame(await storage.executions.logs(execution.id, PAGE), {
      rows: [log('1', 'debug'), log('2'), log('3', 'warn'), log('4', 'error'), log('')],
      total: 5
    })
    t.strictSame(await storage.executions.logs(execution.id, { limit: 2, offset: 3 }), {
      rows: [log('4', 'error'), log('')],
      total: 5
    })
  })

  t.test('AI and email requests come back as they were given, oldest first', async t => {
    const storage = await open(t)
    const execution = newExecution(await createFunction(storage))
    storage.executions.begin(execution)
    const ai = [
      aiRequest(execution.id),
      aiRequest(execution.id, {
        responseJson: undefined,
        status: 'error',
        errorMessage: 'no',
        inputTokens: undefined,
        outputTokens: undefined,
        endpoint: ''
      })
    ]
    const email = [
      emailRequest(execution.id),
      emailRequest(execution.id, {
        status: 'success',
        errorMessage: undefined,
        emailId: 'e',
        responseJson: '{}',
        hasHtml: true,
        hasText: false,
        to: []
      })
    ]
    for (const request of ai) storage.executions.appendAiRequest(request)
    for (const request of email) storage.executions.appendEmailRequest(request)
    await storage.executions.finish(finished(execution))
    t.strictSame(await storage.executions.aiRequests(execution.id, PAGE), { rows: ai, total: 2 })
    t.strictSame(await storage.executions.emailRequests(execution.id, PAGE), {
      rows: email,
      total: 2
    })
    t.strictSame(await storage.executions.aiRequests(execution.id, { limit: 1, offset: 1 }), {
      rows: [ai[1]],
      total: 2
    })
  })

  t.test('imports write executions that never began here, with their parts', async t => {
    const storage = await open(t)
    const execution = newExecution(await createFunction(storage))
    await storage.executions.finish(finished(execution, { logs: [log('x')] }))
    storage.executions.appendAiRequest(aiRequest(execution.id))
    storage.executions.appendEmailRequest(emailRequest(execution.id))
    await storage.probe()
    for (const part of ['logs', 'aiRequests', 'emailRequests'] as const) {
      t.equal((await storage.executions[part](execution.id, PAGE)).total, 1, part)
    }
  })

  t.test('an execution is not recorded twice', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const execution = newExecution(id)
    await storage.executions.finish(finished(execution, { logs: [log('a')] }))
    await t.rejects(storage.executions.finish(finished(execution, { logs: [log('b')] })), {
      code: 'STORAGE_FAILED'
    })
    t.equal((await storage.executions.list(id, PAGE)).total, 1)
    t.same((await storage.executions.logs(execution.id, PAGE)).rows, [log('a')])
  })

  t.test('a record that cannot be written harms no other of its batch', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const bad = { ...newExecution(id), versionId: 'no-version' }
    storage.executions.begin(bad)
    storage.executions.linkToExecution(bad.id)
    const [failed, good, stored] = await Promise.allSettled([
      storage.executions.finish(finished(bad, { logs: [log('x')] })),
      run(storage, id),
      storage.kv.set(id, bytes('k'), bytes('v'))
    ])
    t.match(failed, {
      status: 'rejected',
      reason: { code: 'STORAGE_FAILED', message: /no-version/ }
    })
    t.equal(good.status, 'fulfilled')
    t.equal(stored.status, 'fulfilled')
    t.equal((await storage.executions.list(id, PAGE)).total, 1)
  })

  t.test('what a running execution writes is seen at once and durable with its record', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const execution = newExecution(id)
    storage.executions.begin(execution)
    const { forExecution } = storage.kv
    t.equal(await forExecution.set(execution.id, id, bytes('k'), bytes('1')), undefined)
    t.equal(await forExecution.increment(execution.id, id, bytes('k'), 2), 3)
    t.equal(
      await forExecution.compareAndSet(execution.id, id, bytes('k'), bytes('3'), bytes('4')),
      true
    )
    t.same(await storage.kv.get(id, bytes('k')), bytes('4'))
    await storage.executions.finish(finished(execution))
    t.equal(await forExecution.delete(execution.id, id, bytes('k')), true)
    t.equal(await forExecution.delete(execution.id, id, bytes('k')), false)
    t.match(await storage.executions.find(execution.id), { status: 'success' })
  })

  t.test('what a running execution cannot write fails at once', async t => {
    const storage = await open(t)
    const { forExecution } = storage.kv
    const id = await createFunction(storage)
    await storage.kv.set(id, bytes('text'), bytes('x'))
    for (const [code, write] of [
      ['NOT_FOUND', () => forExecution.set('e', 'nope', bytes('k'), bytes('v'))],
      ['NOT_FOUND', () => forExecution.delete('e', 'nope', bytes('k'))],
      ['KV_NOT_A_NUMBER', () => forExecution.increment('e', id, bytes('text'), 1)]
    ] as const) {
      await t.rejects(
        async () => {
          await write()
        },
        { code }
      )
    }
    t.same(await storage.kv.get(id, bytes('text')), bytes('x'))
  })

  t.test('the newest execution of each function', async t => {
    const storage = await open(t)
    const functions = await Promise.all(Array.from({ length: 3 }, () => createFunction(storage)))
    const [one, two, none] = functions as [string, string, string]
    await run(storage, one)
    const newest = [
      await run(storage, two, { createdAt: NOW - 100 }),
      await run(storage, one, { createdAt: NOW - 100 })
    ]
    const latest = await storage.executions.latest([one, two, none, one])
    t.same([latest.get(two)?.id, latest.get(one)?.id, latest.size], [...newest, 2])
  })

  t.test('what a dead server left pending is closed, and only that', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const done = await run(storage, id)
    const left = [newExecution(id), newExecution(id, { trigger: 'cron' })]
    for (const execution of left) {
      storage.executions.begin(execution)
      storage.executions.appendLogs(execution.id, [log('x')])
    }
    await storage.probe()
    const fault = { kind: 'interrupted', message: 'The server stopped.' } as const
    t.equal(await storage.executions.closeUnfinished(fault, 'Error: The server stopped.'), 2)
    for (const { id } of left) {
      t.match(await storage.executions.find(id), {
        status: 'error',
        fault,
        errorMessage: 'Error: The server stopped.',
        durationMs: undefined
      })
    }
    t.equal((await storage.executions.find(done))?.status, 'success')
    t.equal((await storage.executions.list(id, PAGE, { status: 'error' })).total, 2)
    t.equal((await storage.executions.list(id, PAGE, { status: 'pending' })).total, 0)
    t.equal(await storage.executions.closeUnfinished(fault, 'again'), 0)
  })

  t.test('a thousand executions at once are all there, each whole', async t => {
    const storage = await open(t)
    const functions = await Promise.all(Array.from({ length: 10 }, () => createFunction(storage)))
    const made = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const execution = newExecution(functions[i % 10]!)
        storage.executions.begin(execution)
        if (i % 3 === 0) storage.executions.linkToExecution(execution.id)
        if (i % 5 === 0) storage.executions.appendLogs(execution.id, [log('early')])
        if (i % 7 === 0) await storage.kv.set(execution.functionId, bytes(`k${i}`), bytes('v'))
        await storage.executions.finish(finished(execution, { logs: [log(`${i}`)] }))
        return execution
      })
    )
    for (const [i, { id }] of made.entries()) {
      const { rows } = await storage.executions.logs(id, PAGE)
      if (rows.length !== (i % 5 === 0 ? 2 : 1) || rows.at(-1)?.message !== `${i}`) {
        t.fail(`logs of ${i}`)
      }
      if ((await storage.executions.find(id))?.status !== 'success') t.fail(`status of ${i}`)
    }
    for (const id of functions) t.equal((await storage.executions.list(id, PAGE)).total, 100)
  })

  t.test('lastId is the greatest id, whatever the order of writing', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const [first, second] = [ids.next(), ids.next()]
    await run(storage, id, { id: second })
    await run(storage, id, { id: first })
    t.equal(await storage.executions.lastId(), second)
    t.same(
      (await storage.executions.list(id, PAGE)).rows.map(row => row.id),
      [second, first]
    )
  })
}
