/** Bytes that are almost frames, on both sides of the pipe; and values that cross it. */
import type { Duplex } from 'node:stream'
import t from 'tap'
import fc from 'fast-check'
import '../helpers/fuzzing.js'
import { Any } from '../../core/lua/types.js'
import { host, luaModule, param } from '../../core/lua/module.js'
import { localModules } from '../../plugins/lua/builtin.js'
import { bareBarriers } from '../../sandbox/barriers.js'
import { childProgram, sandboxCommand } from '../../sandbox/command.js'
import { checkFrame } from '../../sandbox/frame-check.js'
import { FrameReader } from '../../sandbox/frame-reader.js'
import { PROTOCOL_VERSION, ProtocolFault, ToChild } from '../../sandbox/protocol.js'
import { decodeFrame, encodeFrame } from '../../sandbox/protocol/codec.js'
import { spawnSandbox } from '../../sandbox/spawn.js'
import { startRig } from './rig.js'

const frame = fc.tuple(fc.nat({ max: 9 }), fc.array(fc.oneof(fc.jsonValue(), fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes))), { maxLength: 8 })).map(([kind, rest]) => encodeFrame([kind, ...rest]))
const change = fc.record({ at: fc.nat(), remove: fc.nat({ max: 3 }), insert: fc.uint8Array({ maxLength: 3 }) })

function mutate (bytes: Buffer, changes: ReadonlyArray<{ at: number, remove: number, insert: Uint8Array }>): Buffer {
  return changes.reduce((now, { at, remove, insert }) => {
    const place = at % (now.length + 1)
    return Buffer.concat([now.subarray(0, place), insert, now.subarray(place + remove)])
  }, bytes)
}

t.test('the server takes a frame as a whole value or refuses it as a fault of the protocol, however it is cut', async () => {
  fc.assert(fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.array(change, { maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (frames, changes, size) => {
    const bytes = mutate(Buffer.concat(frames), changes)
    let whole = 0
    const reader = new FrameReader(1_000_000, body => {
      checkFrame(body)
      decodeFrame(body)
      whole++
      return true
    })
    try {
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
    } catch (error) {
      return error instanceof ProtocolFault
    }
    return changes.length > 0 || whole === frames.length
  }), { numRuns: 3000 })
})

t.test('a child ends or waits on, whatever it is sent, and is gone once its channel closes', async t => {
  const command = sandboxCommand({ barriers: await bareBarriers(), memoryMb: 64, baseline: undefined, program: childProgram(), codeBytes: 0 })
  const hello = encodeFrame([ToChild.hello, PROTOCOL_VERSION, '[]', [1_000_000, 1_000_000, 10_000_000], false])
  const bind = encodeFrame([ToChild.bind, 'function handler() return {} end', 'f', 'f', '1', 'http://x'])
  const run = encodeFrame([ToChild.run, 'e', 0, 'r', 'n', 'GET', '/', '/', [], [], Buffer.alloc(0)])
  const streams = fc.sample(fc.tuple(fc.array(frame, { maxLength: 2 }), fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean()), 16)
  for (const [frames, changes, greeted] of streams) {
    const child = spawnSandbox(command)
    const channel = child.stdio[3] as unknown as Duplex
    channel.on('error', () => {}).on('data', () => {})
    channel.write(greeted ? Buffer.concat([hello, mutate(Buffer.concat([bind, run, ...frames]), changes)]) : mutate(Buffer.concat([hello, bind, run]), changes))
    channel.end()
    const deadline = setTimeout(() => { child.kill('SIGKILL') }, 30_000)
    const { signal } = await child
    clearTimeout(deadline)
    t.not(signal, 'SIGKILL', 'it ended by itself')
  }
})

t.test('what Lua can hold crosses to the server and back unchanged', async t => {
  const mirror = luaModule('mirror', { doc: 'Gives back.', functions: { echo: host({ doc: 'Gives back.', params: [param('value', Any, 'Any value.')], returns: Any, example: 'return {}', run: (_call, value) => value }) } })
  const { run } = await startRig(t, { modules: [...localModules, mirror] })
  const code = `function handler(ctx, event)
    local value = json.decode(event.body)
    return { body = json.encode({ value }) .. "\\n" .. json.encode({ mirror.echo(value) }) }
  end`
  // Without null: a list with holes is a table with number keys, which cross as texts.
  await fc.assert(fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async value => {
    const { answer, fault } = await run(code, { fn: 'f', event: { body: Buffer.from(JSON.stringify(value).replaceAll('null', 'false')) } })
    const [sent, back] = Buffer.from(answer?.body ?? []).toString().split('\n')
    if (fault !== undefined || sent !== back) throw new Error(`${fault?.message ?? ''} ${sent} came back as ${back}`)
  }), { numRuns: 150 })
  const bytes = 'function handler(ctx, event) return { body = mirror.echo(event.body) } end'
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async body => {
    const { answer } = await run(bytes, { fn: 'g', event: { body } })
    return Buffer.compare(answer?.body ?? Buffer.alloc(0), body) === 0
  }), { numRuns: 100 })
})
