/** `functions.call`: another function of this server, run without leaving it. */
import { MoonletError } from '../../../core/base/errors.js'
import type { FrontDoorService } from '../../../core/contracts/front-door-service.js'
import type { Caller, Outcome } from '../../../core/contracts/invocation.js'
import type { Invoker } from '../../../core/contracts/invoker.js'
import { host, type HostCall } from '../../../core/lua/module.js'
import { failing } from './failing.js'
import { findTarget, type Directory } from './find-target.js'
import { toEvent, type FunctionRequest } from './to-event.js'
import { toResponse } from './to-response.js'
import { FunctionResponse, request, target } from './types.js'

export interface Calling extends Directory {
  readonly invoker: () => Pick<Invoker, 'invoke'>
  readonly frontDoor: Pick<FrontDoorService, 'takePlace'>
  readonly nextRequestId: () => string
}

export const callFunction = (calling: Calling) =>
  host({
    doc:
      'Runs another function of this server, or this one, and waits for its response. It does not ask who ' +
      "may call the function, so this is also the way to one whose access is `internal`; the function's " +
      '`ctx.trigger` is `function`, and `ctx.caller.name` is the name of the calling function. Any status ' +
      'is a response, and a function that fails gives 500 and `error`. The called run has its own execution, ' +
      'and ends with the calling one at the latest. Fails (`nil, message`) when there is no such function, it ' +
      'is disabled, calls are more than 8 deep, the queue is full, `max_concurrency` is reached, or no ' +
      'sandbox can become free because all wait for such calls themselves.',
    params: [target, request],
    returns: FunctionResponse,
    fails: true,
    example:
      'local reply, err = functions.call("prices", { query = { item = "lamp" } })\n' +
      'if not reply then\n' +
      '  return { statusCode = 502, body = err }\n' +
      'end\n' +
      'return { statusCode = reply.statusCode, body = reply.body }',
    run: (call, name, asked) =>
      failing(async () => toResponse(await invoke(calling, call, name, asked ?? {})))
  })

async function invoke(
  calling: Calling,
  call: HostCall,
  name: string,
  asked: Partial<FunctionRequest>
): Promise<Outcome> {
  const caller: Caller = call.asCaller()
  const { fn, version } = await findTarget(calling, name)
  const event = toEvent(call, fn.id, asked)
  const leave = fn.frontDoor && (await calling.frontDoor.takePlace(fn.id, fn.frontDoor))
  if (leave instanceof MoonletError) throw leave
  try {
    return await calling.invoker().invoke({
      fn,
      version,
      trigger: 'function',
      event,
      requestId: calling.nextRequestId(),
      record: true,
      caller,
      beforeRecord: leave
    })
  } finally {
    leave?.()
  }
}
