import t from 'tap'
import {
  aiRequest,
  createFunction,
  emailRequest,
  finished,
  httpRequest,
  log,
  newExecution,
  PAGE,
  run
} from '../../../contracts/storage-fixtures.js'
import { openNew } from '../open-storage.js'

const SECRET = 'hunter2-hunter2'

t.test(
  "values of a function's variables are in nothing that is stored of its executions",
  async t => {
    const storage = await openNew(t)
    const fn = await createFunction(storage)
    await storage.env.set(fn, 'TOKEN', SECRET)
    const execution = newExecution(fn, { eventJson: JSON.stringify({ body: `x ${SECRET}` }) })
    storage.executions.begin(execution)
    storage.executions.appendLogs(execution.id, [log(`early ${SECRET}`)])
    storage.executions.appendAiRequest(
      aiRequest(execution.id, { requestJson: `{"a":"${SECRET}"}`, errorMessage: SECRET })
    )
    storage.executions.appendEmailRequest(
      emailRequest(execution.id, { requestJson: `{"a":"${SECRET}"}`, responseJson: SECRET })
    )
    storage.executions.appendHttpRequest(
      httpRequest(execution.id, { url: `https://x/${SECRET}?q=${SECRET}`, errorMessage: SECRET })
    )
    const fault = { kind: 'runtime', message: `f:1: ${SECRET}`, traceback: `in ${SECRET}` } as const
    await storage.executions.finish(
      finished(execution, {
        status: 'error',
        errorMessage: `Error: ${SECRET}`,
        fault,
        logs: [log(`late ${SECRET}`)]
      })
    )

    const stored = JSON.stringify([
      await storage.executions.find(execution.id),
      await storage.executions.logs(execution.id, PAGE),
      await storage.executions.aiRequests(execution.id, PAGE),
      await storage.executions.emailRequests(execution.id, PAGE),
      await storage.executions.httpRequests(execution.id, PAGE)
    ])
    t.notMatch(stored, SECRET)
    t.equal(stored.split('[REDACTED]').length - 1, 13)
  }
)

t.test(
  "a changed value is masked from then on, a removed one no longer, and another function's never",
  async t => {
    const storage = await openNew(t)
    const [fn, other] = [await createFunction(storage), await createFunction(storage)]
    const logged = async (functionId: string) =>
      (await storage.executions.logs(await run(storage, functionId, { logs: [log(SECRET)] }), PAGE))
        .rows[0]?.message
    t.equal(await logged(fn), SECRET)
    await storage.env.replace(fn, { TOKEN: SECRET })
    t.equal(await logged(fn), '[REDACTED]')
    t.equal(await logged(other), SECRET)
    await storage.env.delete(fn, 'TOKEN')
    t.equal(await logged(fn), SECRET)
  }
)

t.test('a run that takes its own secret away while it runs does not get it stored', async t => {
  const storage = await openNew(t)
  const fn = await createFunction(storage)
  await storage.env.set(fn, 'TOKEN', SECRET)
  const execution = newExecution(fn)
  storage.executions.begin(execution)
  await storage.env.delete(fn, 'TOKEN')
  await storage.executions.finish(finished(execution, { logs: [log(SECRET)] }))
  t.equal((await storage.executions.logs(execution.id, PAGE)).rows[0]?.message, '[REDACTED]')
})

t.test(
  'values of variables are found in addresses also where they are percent-encoded',
  async t => {
    const storage = await openNew(t)
    const fn = await createFunction(storage)
    await storage.env.set(fn, 'TOKEN', 'pass word/1&é')
    const execution = newExecution(fn)
    storage.executions.begin(execution)
    for (const url of [
      'https://x/pass%20word%2F1%26%C3%A9/y',
      'https://x/?a=pass+word%2f1%26%c3%a9&b=c+d',
      'https://x/?q=pass+word'
    ]) {
      storage.executions.appendHttpRequest(httpRequest(execution.id, { url }))
    }
    await storage.executions.finish(finished(execution))
    const { rows } = await storage.executions.httpRequests(execution.id, PAGE)
    t.same(
      rows.map(({ url }) => url),
      ['https://x/[REDACTED]/y', 'https://x/?a=[REDACTED]&b=c+d', 'https://x/?q=[REDACTED]']
    )
  }
)

t.test(
  'a text that was cut within a value of a variable shows nothing of it, wherever it is stored',
  async t => {
    const storage = await openNew(t)
    const fn = await createFunction(storage)
    await storage.env.set(fn, 'TOKEN', SECRET)
    const part = SECRET.slice(0, 12)
    const json = JSON.stringify({ a: `${part}…`, truncated: true })
    const execution = newExecution(fn, {
      eventJson: JSON.stringify({ body: part, truncated: true })
    })
    storage.executions.begin(execution)
    storage.executions.appendAiRequest(
      aiRequest(execution.id, { requestJson: json, responseJson: json })
    )
    storage.executions.appendEmailRequest(
      emailRequest(execution.id, { requestJson: json, responseJson: json })
    )
    const responseJson = JSON.stringify({ body: `${part}\n[TRUNCATED - Response exceeded 1MB]` })
    const fault = { kind: 'runtime', message: `f:1: ${part}…` } as const
    await storage.executions.finish(
      finished(execution, {
        fault,
        responseJson,
        logs: [log(`key ${part}… (cut: 70000 characters)`)]
      })
    )

    const stored = JSON.stringify([
      await storage.executions.find(execution.id),
      await storage.executions.logs(execution.id, PAGE),
      await storage.executions.aiRequests(execution.id, PAGE),
      await storage.executions.emailRequests(execution.id, PAGE)
    ])
    t.notMatch(stored, part.slice(0, 9))
    t.equal(stored.split('[REDACTED]').length - 1, 8)
  }
)

t.test('values of shared variables are masked for every function, beside its own', async t => {
  const storage = await openNew(t)
  const [fn, other] = [await createFunction(storage), await createFunction(storage)]
  const logged = async (functionId: string, text: string) =>
    (await storage.executions.logs(await run(storage, functionId, { logs: [log(text)] }), PAGE))
      .rows[0]?.message
  await storage.env.set(fn, 'OWN', 'own-secret-1')
  t.equal(await logged(fn, SECRET), SECRET)
  t.equal(await logged(other, SECRET), SECRET)
  await storage.env.shared.replace({ TOKEN: SECRET, LONG: 'own-secret-1-and-more' })
  t.equal(await logged(other, `${SECRET} own-secret-1`), '[REDACTED] own-secret-1')
  t.equal(await logged(fn, `${SECRET} own-secret-1`), '[REDACTED] [REDACTED]')
  t.equal(await logged(fn, 'own-secret-1-and-more'), '[REDACTED]', 'the longest of both counts')
  await storage.env.set(other, 'TOKEN', 'own-secret-2')
  t.equal(await logged(other, `${SECRET} own-secret-2`), '[REDACTED] [REDACTED]', 'overridden too')

  const execution = newExecution(fn)
  storage.executions.begin(execution)
  await storage.env.shared.replace({ TOKEN: 'another-secret' })
  await storage.executions.finish(finished(execution, { logs: [log(`${SECRET} another-secret`)] }))
  t.equal(
    (await storage.executions.logs(execution.id, PAGE)).rows[0]?.message,
    '[REDACTED] [REDACTED]',
    'what was one when the run began, and what is one at its end'
  )
  t.equal(await logged(fn, SECRET), SECRET)
})
