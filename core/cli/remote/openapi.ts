/** `moonlet openapi`: the document of the server's API, for generators of clients. */
import type { Context } from '../context.js'
import { exitCodes } from '../failure.js'
import { connect } from './connect.js'

export async function openapi(context: Context): Promise<number> {
  const client = await connect()
  const document = await client.json('/docs/openapi.json')
  for (const line of JSON.stringify(document, null, 2).split('\n')) context.terminal.say(line)
  context.report(document as object)
  return exitCodes.done
}
