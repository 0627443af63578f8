/**
 * How the API reads request bodies (CONTRACT section 2). It differs from Fastify's Ajv on purpose: nothing is
 * coerced, unknown fields are ignored rather than removed, and null is as good as absent.
 */
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { MoonletError } from '../base/errors.js'
import { parseFirstObject } from './first-object.js'

export type Reader = (input: unknown) => { value: unknown } | { error: Error }

interface Shape {
  readonly type?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Shape>>
}

/** The media type of bodies that are taken as they are; a body schema names it as `contentMediaType`. */
export const BYTES = 'application/octet-stream'

/** Gives the body as its schema describes it, or INVALID_BODY. Bytes are passed on untouched. */
export function createBodyReader(schema: TSchema): Reader {
  if ('contentMediaType' in schema && schema.contentMediaType === BYTES) {
    return input => ({ value: input instanceof Uint8Array ? input : new Uint8Array(0) })
  }
  const validator = Compile(schema)
  return input => {
    try {
      if (!(input instanceof Uint8Array)) return { error: invalidBody() }
      const value = withoutNulls(parseFirstObject(Buffer.from(input).toString('utf8')), schema)
      return validator.Check(value) ? { value } : { error: invalidBody() }
    } catch (error) {
      return { error: invalidBody(error) }
    }
  }
}

const invalidBody = (cause?: unknown) =>
  new MoonletError('INVALID_BODY', 'Invalid request body', { cause })

/**
 * Drops the declared fields that are null, at every depth that the schema declares; the value is changed. Undeclared
 * ones are not looked at: whoever signs in may send thousands.
 */
function withoutNulls(value: unknown, { properties }: Shape): unknown {
  if (
    properties === undefined ||
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value)
  ) {
    return value
  }
  const fields = value as Record<string, unknown>
  for (const [name, shape] of Object.entries(properties)) {
    if (!Object.hasOwn(fields, name)) continue
    if (fields[name] === null) delete fields[name]
    else withoutNulls(fields[name], shape)
  }
  return fields
}
