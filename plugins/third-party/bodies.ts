/** What routes of plugins get as bodies, beyond the JSON and text that Fastify reads. */
import type { FastifyInstance } from 'fastify'

/** As `curl -d` and pages send it. */
const FORM = 'application/x-www-form-urlencoded'

/**
 * Bodies that Fastify has no parser for, unless the plugin has added its own: forms, which may hold JSON as `curl -d`
 * sends it, become JSON or fields; anything else is bytes.
 */
export function readEveryBody(server: FastifyInstance): void {
  const parseJson = server.getDefaultJsonParser('error', 'error')
  if (!server.hasContentTypeParser(FORM)) {
    server.addContentTypeParser(FORM, { parseAs: 'string' }, (request, body, done) => {
      const text = String(body)
      if (/^\s*[[{]/.test(text)) parseJson(request, text, done)
      else done(null, toFields(text))
    })
  }
  if (!server.hasContentTypeParser('*')) {
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body)
    })
  }
}

/** A name that comes several times has a list of values. */
function toFields(form: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(form)) {
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  return fields
}
