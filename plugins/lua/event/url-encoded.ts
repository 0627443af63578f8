import type { ToLua } from '../../../sandbox/lua/api.js'
import { unescapeQuery } from '../../../core/base/percent-escapes.js'
import { Form } from './form.js'

/** A body of `application/x-www-form-urlencoded`. A bad escape stands for itself, as browsers read it. */
export function parseUrlEncoded(body: string): ToLua {
  const form = new Form()
  for (let at = 0; at < body.length;) {
    const next = body.indexOf('&', at)
    const end = next < 0 ? body.length : next
    if (end > at) addPair(form, body.slice(at, end))
    at = end + 1
  }
  return form.toLua()
}

function addPair(form: Form, pair: string): void {
  const equals = pair.indexOf('=')
  const name = equals < 0 ? pair : pair.slice(0, equals)
  const value = equals < 0 ? '' : pair.slice(equals + 1)
  form.addField(unescapeQuery(name) ?? name, unescapeQuery(value) ?? value)
}
