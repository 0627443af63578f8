/**
 * What travels between the server and a sandbox process: over one socket pair (descriptor 3 of the child),
 * frames of a 4-byte length (big-endian, of what follows) and a MessagePack array whose first element is the
 * frame's kind. Only runs and answers travel in another way (protocol/plain.ts).
 *
 * Texts are *binary strings* (core/base/binary.ts) on both sides: in MessagePack ASCII travels as a str, everything
 * else as a bin of the bytes. One run may be going on at a time, one call of it may wait for its reply;
 * one-way calls and prints need no reply and are handled in the order they were sent.
 */

/** Both sides refuse the other when theirs differs. Raised with every change of a frame's shape. */
export const PROTOCOL_VERSION = 14
export const CHANNEL_FD = 3
export const HEADER_BYTES = 4
/** Deepest nesting of lists and tables in a frame, counted from the frame itself. */
export const MAX_DEPTH = 128
/**
 * Most values in one host call: its arguments, and each element and entry of the tables in them, at any depth. The
 * server decodes a call in one go, and a table of very many names costs it over a microsecond for each.
 */
export const MAX_CALL_VALUES = 50_000
/** The same of a whole frame: kind, target and list of arguments are values of it too. */
export const MAX_FRAME_VALUES = MAX_CALL_VALUES + 3
/** Names and values of an answer's headers together. */
export const MAX_HEADER_BYTES = 256 * 1024
/** Most bytes of one chunk of a streamed answer. */
export const MAX_CHUNK = 64 * 1024
/** Bytes of chunks that a child may send without waiting for a reply; each chunk counts CHUNK_BYTES beside its own. */
export const STREAM_WINDOW = 64 * 1024
export const CHUNK_BYTES = 64

/** A text on the wire. */
export type WireText = string | Uint8Array

export const ToChild = {
  hello: 0,
  bind: 1,
  run: 2,
  reply: 3,
  check: 4,
  rest: 5,
  acknowledge: 6,
  module: 7,
  prepare: 8
} as const
export const FromChild = {
  ready: 0,
  call: 1,
  send: 2,
  print: 3,
  answer: 4,
  fault: 5,
  checked: 6,
  internal: 7,
  wish: 8,
  head: 9,
  chunk: 10,
  end: 11,
  asleep: 14,
  loaded: 15
} as const
/** How a host function ended: with a value, with `nil, message`, or with a Lua error. */
export const Reply = { value: 0, failure: 1, raise: 2 } as const

/** What a function says about another attempt of its job. */
export const Wish = { retry: 0, giveUp: 1 } as const

/** All in bytes: of a frame, either way; of an answer's body (RESPONSE_LIMIT); that one run may hold in Lua. */
export type ChildLimits = readonly [frame: number, response: number, memory: number]

/** The first frame; the manifest is JSON. The child answers with `ready`, and with its program's code if wanted. */
export type HelloFrame = readonly [
  kind: 0,
  version: number,
  manifest: string,
  limits: ChildLimits,
  wantsCode: boolean
]
/** Binds the child to one version, once: code, chunk name, and the fields of `ctx` that no run changes. */
export type BindFrame = readonly [
  kind: 1,
  code: WireText,
  chunkName: string,
  functionId: string,
  version: string,
  baseUrl: string
]
/** Before the bind frame, one for each module that the version requires: its name, code, and the name of its chunk. */
export type ModuleFrame = readonly [kind: 7, name: string, code: WireText, chunkName: string]
/** What a run is given, except for the body: texts are binary strings. */
export type RunFields = readonly [
  id: string,
  startedAt: number,
  requestId: string,
  functionName: string,
  method: string,
  path: string,
  relativePath: string,
  trigger: string,
  /** Who called; '': nobody in particular, as a schedule. */
  callerKind: string,
  /** '': it has none. */
  callerName: string,
  /** Bytes that it may hold in Lua; 0: as many as the limits of the process say. */
  memory: number,
  /** Which attempt of a job it is, and the job's id, such as `2 0f…`; '': of none. */
  attempt: string,
  headerNames: readonly string[],
  headerValues: string[],
  queryNames: readonly string[],
  queryValues: string[],
  details: DetailTexts
]
/**
 * What a request says beyond that: origin ('': that of the server), target, address of the caller; then three lists of
 * names and values in turn, each behind the number of its texts: the route's parameters, the headers and the parameters
 * of the query that are not the first of their names.
 */
export type DetailTexts = readonly string[]
/** Starts a run when the one before has ended. */
export type RunFrame = readonly [kind: 2, fields: RunFields, body: Uint8Array]
export type ReplyFrame = readonly [kind: 3, status: 0 | 1 | 2, value: unknown]
/** Only parses. */
export type CheckFrame = readonly [kind: 4, id: string, code: WireText, chunkName: string]
/** Nothing is to be done for a while: the child gives memory back. It does not answer. */
export type RestFrame = readonly [kind: 5]
/** Compiles the code of the version that it is bound to; the child answers with `loaded`. */
export type PrepareFrame = readonly [kind: 8]
/** Whether one-way calls must be waited for from now on. */
export type AcknowledgeFrame = readonly [kind: 6, isOn: boolean]

/** `code`: what V8 made of the child's program, for later processes to begin with (see loader.ts), or null. */
export type ReadyFrame = readonly [kind: 0, version: number, code: Uint8Array | null]
/** `target` is the function's place in the manifest, counted over all modules. */
export type CallFrame = readonly [kind: 1, target: number, args: readonly unknown[]]
export type SendFrame = readonly [kind: 2, target: number, args: readonly unknown[]]
export type PrintFrame = readonly [kind: 3, line: WireText]
/** Headers: names and values alternating; a value may be a list of one or more. All texts are binary strings. */
export interface AnswerFields {
  readonly id: string
  readonly statusCode: number
  readonly headers: ReadonlyArray<string | readonly string[]>
  readonly body: string
  readonly isBase64Encoded: boolean
}
/** What the run cost, in milliseconds, on a core and asleep; a hint for the pool, which is not believed further. */
export type Usage = readonly [busyMs: number, asleepMs: number]
export type AnswerFrame = readonly [
  kind: 4,
  id: string,
  statusCode: number,
  headers: ReadonlyArray<string | readonly string[]>,
  body: Uint8Array,
  isBase64Encoded: boolean,
  ...Usage
]
/** Begins an answer whose body comes in chunks, and ends with an `end` frame or a fault. */
export type HeadFrame = readonly [
  kind: 9,
  id: string,
  statusCode: number,
  headers: ReadonlyArray<WireText | readonly WireText[]>
]
/**
 * With `isAwaited` the child waits for a reply: the value true once the caller takes more, or a failure that says why
 * nobody does.
 */
export type ChunkFrame = readonly [kind: 10, bytes: Uint8Array, isAwaited: boolean]
export type EndFrame = readonly [kind: 11, id: string, ...Usage]
export type FaultFrame = readonly [kind: 5, id: string, ...ChildFault, ...Usage]
export type CheckedFrame = readonly [kind: 6, id: string, fault: ChildFault | null]
/** A defect of ours in the child, for the server's log. */
export type InternalFrame = readonly [kind: 7, name: string, text: string]
/** The run sleeps from now on, for that many milliseconds; a hint, like its usage. Short sleeps are not told. */
export type AsleepFrame = readonly [kind: 14, ms: number]
/** The version's code is compiled, for its first run or ahead of it. */
export type LoadedFrame = readonly [kind: 15]

/** `value`: seconds after which it wants to be run again, or why it gives up. The last one counts. */
export type WishFrame = readonly [kind: 8, wish: 0 | 1, value: number | WireText]

/** Faults that the child itself can tell. */
export type ChildFaultKind =
  'syntax' | 'load' | 'runtime' | 'memory' | 'no-handler' | 'bad-return' | 'bad-answer' | 'limit'
export const childFaultKinds: ReadonlySet<string> = new Set<ChildFaultKind>([
  'syntax',
  'load',
  'runtime',
  'memory',
  'no-handler',
  'bad-return',
  'bad-answer',
  'limit'
])
export type ChildFault = readonly [
  kind: ChildFaultKind,
  message: WireText,
  line: number | null,
  column: number | null,
  traceback: WireText | null,
  code: WireText | null
]

/** The child or the frame it sent broke the protocol: it is killed. */
export class ProtocolFault extends Error {
  override name = 'ProtocolFault'
}
