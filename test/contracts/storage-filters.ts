import type { Test } from 'tap'
import type { ExecutionFilter } from '../../core/contracts/executions.js'
import type { Storage } from '../../core/contracts/storage.js'
import type { ExecutionRecord } from '../../core/contracts/records.js'
import type { OpenStorage } from './storage.js'
import { errorText } from '../../core/lua-advice/error-text.js'
import { createFunction, log, NOW, PAGE, run } from './storage-fixtures.js'

/** 60 executions of two versions, three triggers and all outcomes, at 60 moments; another function's are beside. */
async function seed(storage: Storage): Promise<string> {
  const [id, other] = [await createFunction(storage), await createFunction(storage)]
  await storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
  for (let i = 0; i < 60; i++) {
    const failed = i % 4 === 0
    await run(storage, id, {
      version: 1 + (i % 2),
      trigger: ['http', 'cron', 'plugin'][i % 3]!,
      status: failed ? 'error' : 'success',
      errorMessage: failed ? `Ärger ${i}%` : undefined,
      createdAt: NOW + i,
      logs: i % 5 === 0 ? [log(`line of ${i}`), log('ÜBER_all')] : []
    })
    await run(storage, other, { status: 'error', errorMessage: 'Ärger' })
  }
  return id
}

type Expectation = (execution: ExecutionRecord, i: number) => boolean

export function testExecutionFilters(t: Test, open: OpenStorage): void {
  t.test('filters give exactly what fits, alone and together, page by page', async t => {
    const storage = await open(t)
    const id = await seed(storage)
    const all = (await storage.executions.list(id, { limit: 100, offset: 0 })).rows
    const cases: [ExecutionFilter, Expectation][] = [
      [{}, () => true],
      [{ status: 'error' }, ({ status }) => status === 'error'],
      [{ trigger: 'cron' }, ({ trigger }) => trigger === 'cron'],
      [{ trigger: 'nope' }, () => false],
      [{ version: 2 }, ({ versionId }) => versionId.endsWith('_v2')],
      [{ version: 7 }, () => false],
      [{ from: NOW + 10, to: NOW + 12 }, (_, i) => i >= 10 && i <= 12],
      [{ from: NOW + 58 }, (_, i) => i >= 58],
      [{ to: NOW }, (_, i) => i === 0],
      [{ text: 'ärger' }, (_, i) => i % 4 === 0],
      [{ text: 'über_' }, (_, i) => i % 5 === 0],
      [{ text: '0%' }, (_, i) => i % 20 === 0],
      [{ text: '%' }, (_, i) => i % 4 === 0],
      [{ text: 'Line Of 5' }, (_, i) => i % 5 === 0 && String(i).startsWith('5')],
      [{ text: '' }, () => true],
      [
        {
          status: 'success',
          trigger: 'http',
          version: 2,
          from: NOW + 3,
          to: NOW + 50,
          text: 'line'
        },
        ({ status, trigger }, i) =>
          status === 'success' &&
          trigger === 'http' &&
          i % 2 === 1 &&
          i >= 3 &&
          i <= 50 &&
          i % 5 === 0
      ],
      [{ status: 'error', text: 'absent' }, () => false]
    ]
    for (const [filter, fits] of cases) {
      const expected = all
        .filter((execution, index) => fits(execution, 59 - index))
        .map(execution => execution.id)
      const seen: string[] = []
      for (let offset = 0; offset <= expected.length; offset += 7) {
        const { rows, total, partial } = await storage.executions.list(
          id,
          { limit: 7, offset },
          filter
        )
        seen.push(...rows.map(row => row.id))
        t.equal(total, expected.length, `total of ${JSON.stringify(filter)} at ${offset}`)
        t.equal(partial, undefined)
      }
      t.same(seen, expected, JSON.stringify(filter))
    }
  })

  t.test(
    'a text is looked for in the message of an error, not in the code and advice around it',
    async t => {
      const storage = await open(t)
      const id = await createFunction(storage)
      const code = 'function handler()\n  local needle = nil\n  error("too bad")\nend\n'
      const message = 'function:3: too bad\nand on another line'
      const errorMessage = errorText(
        { kind: 'runtime', message, traceback: 'stack traceback:\n\t[C]: in needle' },
        code
      )
      t.match(errorMessage, 'local needle')
      await run(storage, id, { status: 'error', errorMessage })
      const found = async (text: string) =>
        (await storage.executions.list(id, PAGE, { text })).total
      t.equal(await found('Too Bad'), 1)
      t.equal(await found('another line'), 1)
      t.equal(await found('line 3'), 1)
      for (const text of ['needle', 'function handler', 'stack traceback', '[CODE]']) {
        t.equal(await found(text), 0, text)
      }
    }
  )

  t.test('a filter on a function without executions is an empty page', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    for (const filter of [{}, { status: 'error' }, { text: 'x' }, { from: 1 }] as const) {
      t.same(await storage.executions.list(id, PAGE, filter), { rows: [], total: 0 })
    }
  })

  t.test('a time range goes by created_at, also when the clock was set between', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const now = Math.floor(Date.now() / 1000)
    const made = new Map<string, number>()
    const add = async (createdAt: number, change: { id?: string } = {}) => {
      made.set(await run(storage, id, { createdAt, ...change }), createdAt)
    }
    const check = async (...ranges: [number | undefined, number | undefined][]) => {
      for (const [from, to] of ranges) {
        const { rows, total } = await storage.executions.list(id, PAGE, {
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to })
        })
        const expected = [...made]
          .filter(([, at]) => at >= (from ?? -Infinity) && at <= (to ?? Infinity))
          .map(([execution]) => execution)
          .sort()
          .reverse()
        t.same(
          rows.map(row => row.id),
          expected,
          `${from} to ${to}`
        )
        t.equal(total, expected.length)
      }
    }
    for (let i = 0; i < 3; i++) await add(now)
    const ranges: [number | undefined, number | undefined][] = [
      [now, now],
      [now + 1, undefined],
      [undefined, now - 1],
      [now - 10, now + 10],
      [-5, -1],
      [0, 2 ** 33],
      [2 ** 33, undefined],
      [now + 5, now - 5],
      [undefined, 2 ** 40]
    ]
    await check(...ranges)
    await add(now - 1000)
    await add(now + 5000)
    await add(3)
    await check(...ranges, [now - 1000, now - 1000], [now + 4999, now + 5001], [undefined, 5])
    await add(now, { id: 'an id of another kind' })
    await check(...ranges)
  })

  t.test('a page far behind is as exact as the first', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const made = (await Promise.all(Array.from({ length: 25 }, () => run(storage, id))))
      .sort()
      .reverse()
    for (const limit of [1, 4, 20]) {
      for (let offset = 0; offset < 30; offset++) {
        const { rows, total } = await storage.executions.list(id, { limit, offset })
        if (
          total !== 25 ||
          rows.map(row => row.id).join() !== made.slice(offset, offset + limit).join()
        ) {
          t.fail(`limit ${limit}, offset ${offset}`)
        }
      }
    }
    t.pass('all pages')
  })
}
