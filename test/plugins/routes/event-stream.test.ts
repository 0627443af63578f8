import t from 'tap'
import { createEventHub } from '../../../plugins/routes/executions/event-hub.js'
import {
  createEventStream,
  type EventStream
} from '../../../plugins/routes/executions/event-stream.js'
import type { ExecutionNotice } from '../../../core/contracts/invoker.js'

const open = (pingMs = 1e6, mayGoOn = async () => true): EventStream =>
  createEventStream({ pingMs, mayGoOn })
const readAll = (stream: EventStream): string => String(stream.output.read() ?? '')

t.test('a listener hears at once that it listens', async t => {
  const stream = open()
  t.match(readAll(stream), /^retry: 2000\n\n: listening\n\n$/)
  stream.output.destroy()
})

t.test('an event carries its id and one line of JSON', async t => {
  const stream = open()
  readAll(stream)
  t.ok(stream.offer())
  stream.send('e1', JSON.stringify({ text: 'a\nb' }))
  t.equal(readAll(stream), 'event: execution\nid: e1\ndata: {"text":"a\\nb"}\n\n')
  stream.output.destroy()
})

t.test('beyond fifty in a second events are left out, and their number is told', async t => {
  const stream = open()
  t.equal(Array.from({ length: 60 }, () => stream.offer()).filter(Boolean).length, 50)
  readAll(stream)
  const [told] = await Promise.all([
    new Promise<string>(resolve => {
      stream.output.on('data', chunk => {
        resolve(String(chunk))
      })
    })
  ])
  t.equal(told, 'event: skipped\ndata: {"count":10}\n\n')
  t.ok(stream.offer(), 'then there is room again')
  stream.output.destroy()
})

t.test('a reader that does not read makes the server hold only so much', async t => {
  const stream = open()
  const large = 'x'.repeat(100_000)
  let sent = 0
  while (stream.offer()) {
    stream.send('e', large)
    sent++
  }
  t.equal(sent, 3)
  t.ok(stream.output.readableLength < 400_000)
  stream.output.destroy()
})

t.test('a stream ends when its session does', async t => {
  let may = true
  const stream = open(5, async () => may)
  const ended = new Promise(resolve => {
    stream.output.on('end', resolve)
  })
  const pinged = new Promise<void>(resolve => {
    stream.output.on('data', chunk => {
      if (String(chunk).includes(': ping')) resolve()
    })
  })
  await pinged
  may = false
  await ended
  t.pass('ended')
})

function hubWithRuns(records: Record<string, unknown> = {}) {
  const listeners = new Set<(notice: ExecutionNotice) => void>()
  const reads: string[] = []
  const errors: unknown[] = []
  const hub = createEventHub({
    onExecution: listener => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    read: async id => {
      reads.push(id)
      if (id === 'broken') throw new Error('cannot read')
      return records[id]
    },
    onError: error => {
      errors.push(error)
    }
  })
  const notify = (phase: 'begin' | 'end', executionId: string, functionId = 'f') => {
    for (const listener of listeners) listener({ phase, executionId, functionId })
  }
  return { hub, listeners, reads, errors, notify }
}

const settled = () =>
  new Promise(resolve => {
    setImmediate(resolve)
  })

t.test('a run is told to those who asked for its function or for all', async t => {
  const { hub, notify, reads } = hubWithRuns({ e1: { id: 'e1' } })
  const [all, mine, other] = [open(), open(), open()]
  hub.join(undefined, all)
  hub.join(new Set(['f']), mine)
  hub.join(new Set(['g', 'h']), other)
  for (const stream of [all, mine, other]) readAll(stream)
  notify('begin', 'e1')
  notify('end', 'e1')
  await settled()
  t.match(readAll(all), /id: e1/)
  t.match(readAll(mine), /id: e1/)
  t.equal(readAll(other), '')
  t.same(reads, ['e1'], 'read once, and not at its beginning, which was short')
  hub.close()
})

t.test('a long run is told at its beginning too', async t => {
  const { hub, notify } = hubWithRuns({ e1: { status: 'pending' } })
  const stream = open()
  hub.join(undefined, stream)
  readAll(stream)
  const begun = new Promise<string>(resolve => {
    stream.output.on('data', chunk => {
      resolve(String(chunk))
    })
  })
  notify('begin', 'e1')
  t.match(await begun, /"status":"pending"/)
  hub.close()
})

t.test('nobody listening, nothing is listened to', async t => {
  const { hub, listeners } = hubWithRuns()
  t.equal(listeners.size, 0)
  const streams = [open(), open()] as const
  const leave = hub.join(undefined, streams[0])
  const leaveToo = hub.join(undefined, streams[1])
  t.equal(listeners.size, 1)
  leave()
  leaveToo()
  t.equal(listeners.size, 0)
  t.equal(hub.size(), 0)
  for (const stream of streams) stream.end()
})

t.test('an execution that is gone or cannot be read is left out', async t => {
  const { hub, notify, errors } = hubWithRuns()
  const stream = open()
  hub.join(undefined, stream)
  readAll(stream)
  notify('end', 'gone')
  notify('end', 'broken')
  await settled()
  t.equal(readAll(stream), '')
  t.match(errors, [{ message: 'cannot read' }])
  hub.close()
})

t.test('a stream that has ended takes nothing more, and lets the process go', async t => {
  const stream = open()
  stream.end()
  stream.end()
  t.notOk(stream.offer())
  stream.send('e', '{}')
  t.match(readAll(stream), /^retry: 2000\n\n: listening\n\n$/)
})

t.test('closing ends every stream', async t => {
  const { hub } = hubWithRuns()
  const streams = [open(), open()]
  for (const stream of streams) hub.join(undefined, stream)
  const ended = Promise.all(
    streams.map(
      ({ output }) =>
        new Promise(resolve => {
          output.on('end', resolve).resume()
        })
    )
  )
  hub.close()
  await ended
  t.equal(hub.size(), 0)
})
