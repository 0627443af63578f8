/** `http.batch`: several requests at once. */
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import { host } from '../../../core/lua/module.js'
import { send, type HttpOptions, type Sending } from './send.js'
import { BatchReplies, MAX_BATCH, batchRequests } from './types.js'

interface BatchRequest extends HttpOptions {
  readonly method: string | undefined
  readonly url: string
}

export const batchFunction = (sending: Sending) =>
  host({
    doc:
      'Sends several requests at once and waits for all of them. The replies come in the order of ' +
      'the requests; one that failed has `error` and no `statusCode`. Each request has the limits ' +
      'and the record of a single one.',
    params: [batchRequests],
    returns: BatchReplies,
    example: `local replies = http.batch{
  { url = "https://api.example.com/items/1" },
  { method = "POST", url = "https://api.example.com/log", body = "seen" }
}
return { body = replies[1].body or replies[1].error }`,
    async run(call, requests) {
      if (requests.length > MAX_BATCH) {
        throw new LuaMisuse(
          `bad argument #1 to 'http.batch' (at most ${MAX_BATCH} requests, got ${requests.length})`
        )
      }
      call.count(Math.max(0, requests.length - 1))
      const one = ({ method = 'GET', url, ...options }: BatchRequest) =>
        send(sending, call, method, url, options).catch((error: unknown) => {
          if (error instanceof LuaFailure) return { error: error.message }
          throw error
        })
      return (await Promise.all(requests.map(one))).map(reply => ({ ...NO_REPLY, ...reply }))
    }
  })

const NO_REPLY = {
  statusCode: undefined,
  body: undefined,
  headers: undefined,
  headersAll: undefined,
  error: undefined
}
