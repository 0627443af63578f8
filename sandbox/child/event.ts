/** A run frame as the values that Lua sees: `ctx` and `event`, made when a function looks into them. */
import { fromText } from '../../core/base/binary.js'
import { LuaFailure } from '../../core/lua/errors.js'
import { toBodyText, type BodyText } from './body-text.js'
import { detailNames, toDetailValues, toUrl } from './details.js'
import { eventMethods, type EventCall } from './event-methods.js'
import { jobMethods } from './job-methods.js'
import type { BindFrame, RunFields } from '../protocol/frames.js'
import type { ReceivedRun, ReceivedRunFrame } from '../protocol/run-frame.js'
import {
  Deferred,
  Fields,
  LuaRaise,
  Results,
  WithMethods,
  type LuaTable,
  type LuaValue,
  type NativeFunction,
  type ToLua
} from '../lua/api.js'

/** A run that waits for its turn; nothing in it is a view of the channel's buffer. */
export interface QueuedRun {
  readonly run: ReceivedRun
  readonly ctx: WithMethods
  readonly event: WithMethods
  readonly body: BodyText
}

const contextNames = [
  'executionId',
  'functionId',
  'functionName',
  'version',
  'startedAt',
  'baseUrl',
  'requestId',
  'url',
  'trigger'
]
const contextNamesWithCaller = [...contextNames, 'caller']
const jobNames = ['job_id', 'attempt']
const contextNamesOfJob = [...contextNames, ...jobNames]
const contextNamesOfJobWithCaller = [...contextNamesWithCaller, ...jobNames]
const callerNames = ['kind']
const namedCallerNames = ['kind', 'name']
const eventNames = ['method', 'path', 'relativePath', 'headers', 'query', 'body', ...detailNames]
/** Place of the headers' names in a run's fields. */
const HEADERS_AT = 12

/** The bound version's `baseUrl` as a binary string. By index: to destructure is dear before it is optimized. */
export function toQueuedRun(frame: ReceivedRunFrame, bound: BindFrame): QueuedRun {
  const run = frame[1]
  const body = toBodyText(frame[2])
  return {
    run,
    ctx: new WithMethods(new Deferred(() => toContext(run.fields, bound)), jobMethods),
    event: new WithMethods(new Deferred(() => toEvent(run.fields, body.text)), methods),
    body
  }
}

/** Tables take lists of values over, and each looks at the run's own when it is made: so they get copies. */
function toEvent(fields: RunFields, body: string): Fields {
  return new Fields(eventNames, [
    fields[4],
    fields[5],
    fields[6],
    new Deferred(() => new Fields(fields[12], fields[13].slice())),
    new Deferred(() => new Fields(fields[14], fields[15].slice())),
    body,
    ...toDetailValues(fields, HEADERS_AT)
  ])
}

/** Fields that are nil are left out. */
function toContext(fields: RunFields, bound: BindFrame): Fields {
  const values: ToLua[] = [
    fields[0],
    bound[3],
    fields[3],
    bound[4],
    fields[1],
    bound[5],
    fields[2],
    toUrl(fields, bound[5]),
    fields[7]
  ]
  const kind = fields[8]
  const name = fields[9]
  const hasCaller = kind !== ''
  if (hasCaller) {
    values.push(
      name === '' ? new Fields(callerNames, [kind]) : new Fields(namedCallerNames, [kind, name])
    )
  }
  const attempt = fields[11]
  if (attempt === '') return new Fields(hasCaller ? contextNamesWithCaller : contextNames, values)
  const [number, id = ''] = attempt.split(' ', 2)
  values.push(id, Number(number))
  return new Fields(hasCaller ? contextNamesOfJobWithCaller : contextNamesOfJob, values)
}

/** `event:header(name)`: the first header of that name in any case, or nil. */
const header: NativeFunction = (event: LuaValue, name: LuaValue) => {
  if (!isTable(event) || typeof name !== 'string') {
    throw new LuaRaise(
      "bad argument #1 to 'header' (string expected; call it as event:header(name))"
    )
  }
  return findHeader(event, name)
}

function findHeader(event: LuaTable, name: string): LuaValue {
  const headers = event.get('headers')
  if (!isTable(headers)) return undefined
  const exact = headers.get(name)
  if (exact !== undefined) return exact
  const lower = name.toLowerCase()
  for (const [key, value] of headers.entries()) {
    if (typeof key === 'string' && key.length === lower.length && key.toLowerCase() === lower) {
      return value
    }
  }
  return undefined
}

/** A method that reads the event: what it cannot read gives `nil, message`. */
const reading =
  (name: string, run: (typeof eventMethods)[string]): NativeFunction =>
  (event: LuaValue, options: LuaValue) => {
    if (!isTable(event)) {
      throw new LuaRaise(`bad argument #0 to '${name}' (call it as event:${name}())`)
    }
    if (options !== undefined && !isTable(options)) {
      throw new LuaRaise(`bad argument #1 to '${name}' (table expected, got ${typeof options})`)
    }
    try {
      return run(toCall(event), options)
    } catch (error) {
      if (error instanceof LuaFailure) return new Results([undefined, fromText(error.message)])
      throw error
    }
  }

const toCall = (event: LuaTable): EventCall => ({
  header(name) {
    const value = findHeader(event, name)
    return typeof value === 'string' ? value : undefined
  },
  body() {
    const body = event.get('body')
    if (typeof body !== 'string') throw new LuaRaise('event.body is no longer a string')
    return body
  }
})

const isTable = (value: LuaValue): value is LuaTable =>
  typeof value === 'object' && value.type === 'table'

const methods = {
  header,
  ...Object.fromEntries(
    Object.entries(eventMethods).map(([name, run]) => [name, reading(name, run)])
  )
}
