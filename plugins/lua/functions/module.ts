/** `functions`: other functions of this server. */
import { luaModule } from '../../../core/lua/module.js'
import { callFunction, type Calling } from './call.js'

export const functionsModule = (calling: Calling) =>
  luaModule('functions', {
    doc:
      'Other functions of this server, without leaving it: no HTTP, no address, no key. They share nothing ' +
      'with the caller but the request and the response.',
    functions: { call: callFunction(calling) }
  })
