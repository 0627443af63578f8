/** The methods of `event` that read its body and its cookies. The sandbox gives them to every event. */
import { LuaFailure } from '../../core/lua/errors.js'
import type { LuaTable, LuaValue, ToLua } from '../lua/api.js'
import { functions as json } from '../../plugins/lua/json/local.js'
import { parseCookies } from '../../plugins/lua/event/cookies.js'
import { parseMultipart } from '../../plugins/lua/event/multipart.js'
import { parseUrlEncoded } from '../../plugins/lua/event/url-encoded.js'

/** What an event method is given: the event, one header of it, and the arguments. */
export interface EventCall {
  readonly header: (name: string) => string | undefined
  readonly body: () => string
}

type EventMethod = (call: EventCall, options: LuaValue) => ToLua

const form: EventMethod = ({ header, body }) => {
  const contentType = header('content-type') ?? ''
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (mediaType === 'application/x-www-form-urlencoded') return parseUrlEncoded(body())
  if (mediaType === 'multipart/form-data') return parseMultipart(body(), contentType)
  throw new LuaFailure(
    'the body is no form: its Content-Type is neither application/x-www-form-urlencoded nor multipart/form-data'
  )
}

const decode: EventMethod = ({ body }, options) => {
  const text = body()
  if (text === '') throw new LuaFailure('not JSON: the body is empty')
  return json.decode(text, options as LuaTable | undefined) as ToLua
}

const cookies: EventMethod = ({ header }) => parseCookies(header('cookie') ?? '')

export const eventMethods: { readonly [name: string]: EventMethod } = {
  form,
  json: decode,
  cookies
}
