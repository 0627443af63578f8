/** `functions`: other functions of this server. */
import { luaModule } from '../../../core/lua/module.js'
import { callFunction, type Calling } from './call.js'
import { enqueueFunction, readJob, type Enqueueing } from './enqueue.js'

export const functionsModule = (parts: Calling & Enqueueing) =>
  luaModule('functions', {
    doc:
      'Other functions of this server, without leaving it: no HTTP, no address, no key. They share nothing ' +
      'with the caller but the request and the response.',
    functions: { call: callFunction(parts), enqueue: enqueueFunction(parts), job: readJob(parts) }
  })
