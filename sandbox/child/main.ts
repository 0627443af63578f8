/**
 * The sandbox process. It reads frames and does what they say, one after the other, until the server closes
 * the channel or kills it; it knows nothing of the world but what frames tell.
 */
import type { Script } from 'node:vm'
import type { Manifest } from '../../core/lua/manifest.js'
import { fromText } from '../../core/base/binary.js'
import { clock } from './clock.js'
import {
  FromChild,
  PROTOCOL_VERSION,
  ToChild,
  type BindFrame,
  type CheckFrame,
  type ChildFault,
  type ChildLimits,
  type HelloFrame,
  type ModuleFrame,
  type ReplyFrame
} from '../protocol/frames.js'
import { answerText } from '../protocol/answer-frame.js'
import type { ReceivedRunFrame } from '../protocol/run-frame.js'
import { AnswerFault, bodyFunction, readAnswer } from './response.js'
import {
  FrameTooLarge,
  receive,
  releaseLarge,
  send,
  sendPlain,
  setFrameLimit
} from './host-port.js'
import { LuaFault, type CallLua, type Engine, type LuaTable, type Program } from '../lua/api.js'
import { streamAnswer, type StreamPort } from './body-stream.js'
import { toQueuedRun, type QueuedRun } from './event.js'
import { beginJob } from './job-methods.js'
import { createEngine } from '../lua/engine.js'
import { locals } from '../../plugins/lua/locals.js'
import { runContext } from '../../plugins/lua/run-context.js'
import { randomFraction } from './random.js'
import { createLibraries, type HostPort } from './stubs.js'
import { beginUsage, takeUsage, waited } from './usage.js'
import { warmUp } from './warm-up.js'
import { fromWireText, toWireText } from './wire.js'

/** Runs that arrived while another one waited for its reply. */
const queued: QueuedRun[] = []
const report = (name: string, error: unknown): void => {
  send([
    FromChild.internal,
    name,
    error instanceof Error ? (error.stack ?? error.message) : String(error)
  ])
}

/** Bytes of one-way calls, each with some for the call itself, since the server last answered. */
let unacknowledged = 0
const CALL_BYTES = 64
/** With more, the next one is waited for: the server may have said meanwhile that all must be. */
const MAX_UNACKNOWLEDGED = 256 * 1024
let waitsForAll = false

const port: HostPort = {
  call: callHost,
  mustWait(bytes) {
    unacknowledged += bytes + CALL_BYTES
    return waitsForAll || unacknowledged > MAX_UNACKNOWLEDGED
  },
  send(target, args) {
    send([FromChild.send, target, args])
  },
  report
}

function callHost(
  target: number,
  args: readonly unknown[]
): readonly [status: number, value: unknown] {
  return ask([FromChild.call, target, args])
}

function ask(question: readonly unknown[]): readonly [status: number, value: unknown] {
  send(question)
  const since = clock()
  for (;;) {
    const frame = receive()
    if (frame[0] !== ToChild.reply) {
      onFrame(frame)
      continue
    }
    waited(clock() - since)
    unacknowledged = 0
    const reply = frame as unknown as ReplyFrame
    return [reply[1], reply[2]]
  }
}

const streamPort: StreamPort = { send, ask }

/** The program itself, as the loader compiled it. */
declare const script: Script

let bound: BindFrame | undefined
let program: Program | LuaFault | undefined
const [engine, limits] = start(receive() as unknown as HelloFrame)

for (;;) {
  const next = queued.shift()
  if (next === undefined) onFrame(receive())
  else run(next)
}

function start([kind, version, manifestJson, limits, wantsCode]: HelloFrame): [
  Engine,
  ChildLimits
] {
  if (kind !== ToChild.hello || version !== PROTOCOL_VERSION) process.exit(1)
  setFrameLimit(limits[0])
  const manifest = JSON.parse(manifestJson) as Manifest
  const sources = Object.fromEntries(
    manifest.flatMap(({ name, source }) => (source === undefined ? [] : [[name, fromText(source)]]))
  )
  const engine = createEngine({
    libraries: createLibraries(manifest, locals, port),
    sources,
    print: (line: string) => {
      send([FromChild.print, toWireText(line)])
    },
    now: () => runContext.now(),
    random: randomFraction,
    onInternalError: report,
    memoryLimit: limits[2]
  })
  if (wantsCode) warmUp(engine)
  if (script.cachedDataRejected === true) {
    report('sandbox', new Error('V8 did not take the code of an earlier process'))
  }
  send([FromChild.ready, PROTOCOL_VERSION, wantsCode ? script.createCachedData() : null])
  return [engine, limits]
}

function onFrame(frame: readonly unknown[]): void {
  switch (frame[0]) {
    case ToChild.module:
      addModule(frame as unknown as ModuleFrame)
      break
    case ToChild.bind:
      bind(frame as unknown as BindFrame)
      break
    case ToChild.run:
      if (bound !== undefined) queued.push(toQueuedRun(frame as unknown as ReceivedRunFrame, bound))
      break
    case ToChild.prepare:
      program ??= load()
      break
    case ToChild.acknowledge:
      waitsForAll = frame[1] === true
      break
    case ToChild.check:
      check(frame as unknown as CheckFrame)
      break
    case ToChild.rest:
      rest()
      break
    default:
      process.exit(1)
  }
}

function addModule([, name, code, chunkName]: ModuleFrame): void {
  if (bound === undefined) engine.addModule(name, fromWireText(code), chunkName)
}

/** Keeps the code as a text of its own; the frame's bytes are only a view. */
function bind([kind, code, chunkName, functionId, version, baseUrl]: BindFrame): void {
  bound = [kind, fromWireText(code), chunkName, functionId, version, fromText(baseUrl)]
  runContext.functionId = functionId
  runContext.baseUrl = baseUrl
}

function run(next: QueuedRun): void {
  const { id, memory, isJob } = next.run
  beginUsage()
  beginJob(isJob)
  try {
    program ??= load()
    if (program instanceof LuaFault) throw program
    engine.runWith(program, next.ctx, next.event, memory, (result, call) => {
      sendAnswer(next, result, call)
    })
  } catch (error) {
    send([FromChild.fault, id, ...toFault(error), ...takeUsage()])
  }
}

/** The server is told once that the code is compiled: from now on, runs take what they take. */
function load(): Program | LuaFault {
  const loaded = prepare()
  send([FromChild.loaded])
  return loaded
}

function sendAnswer({ run, body: given }: QueuedRun, result: LuaTable, call: CallLua): void {
  const { id } = run
  const limit = limits[1]
  const body = bodyFunction(result)
  if (body !== undefined) {
    return streamAnswer(streamPort, { id, method: run.fields[4], limit }, result, body, call)
  }
  const answer = readAnswer(id, result, limit)
  // The body as it came: its pieces need not be put together, and cut again.
  const pieces = answer.body === given.text ? given.pieces : undefined
  sendPlain(answerText(answer, takeUsage()), answer.body, pieces)
}

/** Compiled once; a syntax error is kept too. */
function prepare(): Program | LuaFault {
  const [, code, chunkName] = bound as BindFrame
  try {
    return engine.prepare(code as string, chunkName)
  } catch (error) {
    if (error instanceof LuaFault) return error
    throw error
  }
}

/**
 * Collects all garbage and gives back what the heap has grown by. V8 would do so by itself in a process that goes back
 * to its event loop. It takes some 25 ms.
 */
function rest(): void {
  releaseLarge()
  gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

function check([, id, code, chunkName]: CheckFrame): void {
  let fault: ChildFault | null = null
  try {
    engine.prepare(fromWireText(code), chunkName)
  } catch (error) {
    fault = toFault(error)
  }
  send([FromChild.checked, id, fault])
}

function toFault(error: unknown): ChildFault {
  if (error instanceof LuaFault) {
    const { kind, message, line, column, traceback, code } = error.info
    return [
      kind,
      toWireText(message),
      line ?? null,
      column ?? null,
      traceback === undefined ? null : toWireText(traceback),
      code === undefined ? null : toWireText(code)
    ]
  }
  if (error instanceof AnswerFault) {
    return [error.kind, toWireText(fromText(error.message)), null, null, null, null]
  }
  if (error instanceof FrameTooLarge) {
    return [
      'limit',
      `the answer is too large (at most ${error.limit} bytes with its headers, got ${error.size})`,
      null,
      null,
      null,
      null
    ]
  }
  report('sandbox', error)
  throw error
}
