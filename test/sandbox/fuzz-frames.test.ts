/** Bytes that are almost frames, on both sides of the pipe; and values that cross it. */
import t from 'tap'
import fc from 'fast-check'
import '../helpers/fuzzing.js'
import { Any } from '../../core/lua/types/declare.js'
import { host, luaModule, param } from '../../core/lua/module.js'
import { localModules } from '../../plugins/lua/builtin.js'
import { bareBarriers } from '../../sandbox/process/barriers.js'
import { childProgram, sandboxCommand } from '../../sandbox/process/command.js'
import { checkFrame } from '../../sandbox/rpc/frame-check.js'
import { FrameReader } from '../../sandbox/rpc/frame-reader.js'
import {
  FromChild,
  HEADER_BYTES,
  PROTOCOL_VERSION,
  ProtocolFault,
  ToChild,
  type RunFields
} from '../../sandbox/protocol/frames.js'
import { answerText, decodeAnswer } from '../../sandbox/protocol/answer-frame.js'
import { decodeFrame, encodeFrame } from '../../sandbox/protocol/codec.js'
import { plainSize, writePlain } from '../../sandbox/protocol/plain.js'
import { decodeRun, encodeRun } from '../../sandbox/protocol/run-frame.js'
import { spawnSandbox } from '../../sandbox/process/spawn.js'
import { startRig } from './rig.js'

const frame = fc
  .tuple(
    fc.nat({ max: 9 }),
    fc.array(
      fc.oneof(
        fc.jsonValue(),
        fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes))
      ),
      { maxLength: 8 }
    )
  )
  .map(([kind, rest]) => encodeFrame([kind, ...rest]))
const change = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 3 }),
  insert: fc.uint8Array({ maxLength: 3 })
})

function mutate(
  bytes: Buffer,
  changes: ReadonlyArray<{ at: number; remove: number; insert: Uint8Array }>
): Buffer {
  return changes.reduce((now, { at, remove, insert }) => {
    const place = at % (now.length + 1)
    return Buffer.concat([now.subarray(0, place), insert, now.subarray(place + remove)])
  }, bytes)
}

t.test(
  'the server takes a frame as a whole value or refuses it as a fault of the protocol, however it is cut',
  async () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 4 }),
        fc.array(change, { maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (frames, changes, size) => {
          const bytes = mutate(Buffer.concat(frames), changes)
          let whole = 0
          const reader = new FrameReader(1_000_000, body => {
            checkFrame(body)
            decodeFrame(body)
            whole++
            return true
          })
          try {
            for (let at = 0; at < bytes.length; at += size) {
              reader.push(bytes.subarray(at, at + size))
            }
          } catch (error) {
            return error instanceof ProtocolFault
          }
          return changes.length > 0 || whole === frames.length
        }
      ),
      { numRuns: 3000 }
    )
  }
)

const binary = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map(byte => String.fromCharCode(byte)),
  maxLength: 20
})
const pairs = fc.uniqueArray(fc.tuple(binary, binary), { selector: ([name]) => name, maxLength: 5 })

t.test('a run is told whatever its texts are, line breaks and all', async () => {
  fc.assert(
    fc.property(
      fc.tuple(...Array.from({ length: 10 }, () => binary)),
      fc.tuple(fc.nat(), fc.nat()),
      pairs,
      pairs,
      fc.uint8Array({ maxLength: 30 }),
      (texts, [startedAt, memory], headers, query, body) => {
        const [id = '', requestId = '', name = '', method = '', ...others] = texts
        const [
          path = '',
          relativePath = '',
          trigger = '',
          kind = '',
          callerName = '',
          attempt = ''
        ] = others
        const names = (list: ReadonlyArray<readonly [string, string]>) => list.map(([name]) => name)
        const values = (list: ReadonlyArray<readonly [string, string]>) =>
          list.map(([, value]) => value)
        const frame = [
          ToChild.run,
          [
            id,
            startedAt,
            requestId,
            name,
            method,
            path,
            relativePath,
            trigger,
            kind,
            callerName,
            memory,
            attempt,
            names(headers),
            values(headers),
            names(query),
            values(query),
            texts
          ],
          Buffer.from(body)
        ] as const
        const bytes = encodeRun(frame)
        const [kindOfFrame, run, came] = decodeRun(bytes.subarray(HEADER_BYTES))
        return (
          bytes.readUInt32BE(0) === bytes.length - HEADER_BYTES &&
          run.id === id &&
          run.memory === memory &&
          run.isJob === (attempt !== '') &&
          JSON.stringify([kindOfFrame, run.fields, came]) === JSON.stringify(frame)
        )
      }
    ),
    { numRuns: 2000 }
  )
})

t.test(
  'characters that are no bytes, and values that are no texts, change no other field of a run',
  async t => {
    const fields = (method: string, name: string, value: string): RunFields => [
      'e',
      0,
      'r',
      'n',
      method,
      '/p',
      '/r',
      't',
      'key',
      'k',
      5,
      '1 j',
      [name, 'B'],
      [value, '2'],
      ['q'],
      ['v'],
      ['', '/p', '', '0', '0', '0']
    ]
    const read = (method: string, name: string, value: string) =>
      decodeRun(
        encodeRun([ToChild.run, fields(method, name, value), Buffer.from('body')]).subarray(
          HEADER_BYTES
        )
      )[1].fields
    t.same(
      read('GET\u010A/forged', 'x\u010AX-User', 'admin'),
      fields('GET\n/forged', 'x\nX-User', 'admin')
    )
    t.same(
      read('GET', 'x\u{1F922},"', '1\n'),
      fields('GET', Buffer.from('x\u{1F922},"', 'latin1').toString('latin1'), '1\n')
    )
    t.same(read('GET', 'x', 1 as unknown as string), fields('GET', 'x', '1'))
    t.same(read('GET', 'x', undefined as unknown as string), fields('GET', 'x', 'undefined'))
  }
)

const text = fc.string({
  unit: fc
    .integer({ min: 32, max: 255 })
    .filter(byte => byte !== 127)
    .map(byte => String.fromCharCode(byte)),
  maxLength: 20
})
const answer = fc.record({
  id: fc.stringMatching(/^[a-z0-9]{1,8}$/),
  statusCode: fc.integer({ min: 100, max: 999 }),
  headers: fc
    .array(
      fc.tuple(
        fc.stringMatching(/^[A-Za-z-]{1,12}$/),
        fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }))
      ),
      { maxLength: 5 }
    )
    .map(list => list.flat(1) as Array<string | string[]>),
  body: binary,
  isBase64Encoded: fc.boolean()
})

function answerBytes(fields: {
  id: string
  statusCode: number
  headers: Array<string | string[]>
  body: string
  isBase64Encoded: boolean
}): Buffer {
  const head = answerText(fields, [0.5, 0])
  const bytes = Buffer.alloc(plainSize(head, fields.body))
  writePlain(bytes, head, fields.body)
  return bytes.subarray(HEADER_BYTES)
}

t.test('an answer comes as it was sent', async () => {
  fc.assert(
    fc.property(answer, fields => {
      const { id, statusCode, headers, body, isBase64Encoded } = fields
      const wanted = [
        FromChild.answer,
        id,
        statusCode,
        headers,
        Buffer.from(body, 'latin1'),
        isBase64Encoded,
        0.5,
        0
      ]
      return JSON.stringify(decodeAnswer(answerBytes(fields))) === JSON.stringify(wanted)
    }),
    { numRuns: 2000 }
  )
})

t.test(
  'the times of an answer come in whole microseconds, and no longer than 18 minutes',
  async t => {
    const fields = { id: 'e', statusCode: 200, headers: [], body: '', isBase64Encoded: false }
    const read = (busy: number, asleep: number) => {
      const text = answerText(fields, [busy, asleep])
      const bytes = Buffer.alloc(plainSize(text, ''))
      writePlain(bytes, text, '')
      return decodeAnswer(bytes.subarray(HEADER_BYTES)).slice(-2)
    }
    t.same(read(0, 0), [0, 0])
    t.same(read(0.0634, 12_345.678), [0.063, 12_345.678])
    t.same(read(1000, 1e9), [1000, (2 ** 30 - 1) / 1000])
  }
)

t.test(
  'an answer of any bytes is taken apart, to be checked, or refused as a fault of the protocol',
  async () => {
    fc.assert(
      fc.property(answer, fc.array(change, { minLength: 1, maxLength: 4 }), (fields, changes) => {
        try {
          return Array.isArray(decodeAnswer(mutate(answerBytes(fields), changes)))
        } catch (error) {
          return error instanceof ProtocolFault
        }
      }),
      { numRuns: 3000 }
    )
    for (const count of ['-2', '0', '1.5', '1e9', 'NaN', '']) {
      const lines = Buffer.from(`e\n200\n0\n0\n0\nA\n\x01${count}\na\nb`)
      const bytes = Buffer.alloc(5 + lines.length, 0xc1)
      bytes.writeUInt32BE(lines.length, 1)
      lines.copy(bytes, 5)
      decodeAnswer(bytes)
    }
  }
)

t.test(
  'a child ends or waits on, whatever it is sent, and is gone once its channel closes',
  async t => {
    const command = sandboxCommand({
      barriers: await bareBarriers(),
      memoryMb: 64,
      baseDataBytes: undefined,
      program: childProgram(),
      codeBytes: 0
    })
    const hello = encodeFrame([
      ToChild.hello,
      PROTOCOL_VERSION,
      '[]',
      [1_000_000, 1_000_000, 10_000_000],
      false
    ])
    const bind = encodeFrame([
      ToChild.bind,
      'function handler() return {} end',
      'f',
      'f',
      '1',
      'http://x'
    ])
    const run = encodeRun([
      ToChild.run,
      [
        'e',
        0,
        'r',
        'n',
        'GET',
        '/',
        '/',
        'http',
        'anyone',
        '',
        0,
        '',
        ['A'],
        ['1'],
        [],
        [],
        ['', '/', '', '0', '0', '0']
      ],
      Buffer.alloc(0)
    ])
    const streams = fc.sample(
      fc.tuple(
        fc.array(frame, { maxLength: 2 }),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.boolean()
      ),
      16
    )
    for (const [frames, changes, greeted] of streams) {
      const child = spawnSandbox(command)
      const channel = child.channel
      channel.on('error', () => {}).on('data', () => {})
      channel.write(
        greeted
          ? Buffer.concat([hello, mutate(Buffer.concat([bind, run, ...frames]), changes)])
          : mutate(Buffer.concat([hello, bind, run]), changes)
      )
      channel.end()
      const deadline = setTimeout(() => {
        child.kill('SIGKILL')
      }, 30_000)
      const { signal } = await child
      clearTimeout(deadline)
      t.not(signal, 'SIGKILL', 'it ended by itself')
    }
  }
)

t.test('what Lua can hold crosses to the server and back unchanged', async t => {
  const mirror = luaModule('mirror', {
    doc: 'Gives back.',
    functions: {
      echo: host({
        doc: 'Gives back.',
        params: [param('value', Any, 'Any value.')],
        returns: Any,
        example: 'return {}',
        run: (_call, value) => value
      })
    }
  })
  const { run } = await startRig(t, { modules: [...localModules, mirror] })
  // What json.decode notes of empty lists belongs to json, and does not cross.
  const code = `local function unmarked(value)
    if type(value) ~= "table" then return value end
    local copy = {}
    for key, entry in pairs(value) do copy[key] = unmarked(entry) end
    return copy
  end
  function handler(ctx, event)
    local value = unmarked(json.decode(event.body))
    return { body = json.encode({ value }) .. "\\n" .. json.encode({ mirror.echo(value) }) }
  end`
  // Without null: a list with holes is a table with number keys, which cross as texts.
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async value => {
      const { answer, fault } = await run(code, {
        fn: 'f',
        event: { body: Buffer.from(JSON.stringify(value).replaceAll('null', 'false')) }
      })
      const [sent, back] = Buffer.from(answer?.body ?? [])
        .toString()
        .split('\n')
      if (fault !== undefined || sent !== back) {
        throw new Error(`${fault?.message ?? ''} ${sent} came back as ${back}`)
      }
    }),
    { numRuns: 150 }
  )
  const bytes = 'function handler(ctx, event) return { body = mirror.echo(event.body) } end'
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async body => {
      const { answer } = await run(bytes, { fn: 'g', event: { body } })
      return Buffer.compare(answer?.body ?? Buffer.alloc(0), body) === 0
    }),
    { numRuns: 100 }
  )
})
