/** Values for a schema of the API's document: those that fit, those that nearly do, and those that do not at all. */
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import type { ApiDocument, Schema } from '../../../plugins/openapi/api-document.js'

const strange = fc.constantFrom<unknown>(
  null,
  '',
  ' ',
  '\0',
  'a'.repeat(5000),
  '\ud800',
  '__proto__',
  'constructor',
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  true,
  [],
  {},
  [[]],
  { __proto__: null }
)

/** Texts that schemas speak of without saying so: schedules, states, code, versions. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '* * * * *',
    'TZ=Europe/Berlin 0 0 * * *',
    '99 * * * *',
    'active',
    'paused',
    'function handler() return {} end',
    'while true',
    'A',
    'a b',
    'text',
    'base64',
    '%',
    '7'
  )
)

/** `document` has what the schema refers to. */
export function valuesOf(schema: Schema, document: ApiDocument): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    return valuesOf(
      document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {},
      document
    )
  }
  if (schema.enum !== undefined) {
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...schema.enum) },
      { weight: 1, arbitrary: strange }
    )
  }
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map(part => valuesOf(part, document)))
  }
  return fc.oneof(
    { weight: 8, arbitrary: ofType([schema.type].flat()[0], schema, document) },
    { weight: 1, arbitrary: strange },
    { weight: 1, arbitrary: fc.jsonValue() }
  )
}

function ofType(
  type: string | undefined,
  schema: Schema,
  document: ApiDocument
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return texts
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 400 })
    case 'number':
      return fc.double()
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, document), { maxLength: 4 })
    case 'object':
      return objects(schema, document)
    default:
      return fc.jsonValue()
  }
}

function objects(
  { properties = {}, required = [], additionalProperties }: Schema,
  document: ApiDocument
): fc.Arbitrary<unknown> {
  const known = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [name, valuesOf(part, document)])
    ),
    { requiredKeys: [...required] }
  )
  const lacking = fc
    .tuple(known, fc.constantFrom(...Object.keys(properties), 'unknown'))
    .map(([value, name]) =>
      Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
    )
  const others = fc.dictionary(
    fc.oneof(texts, fc.constantFrom('A_1', '__proto__', 'toString')),
    additionalProperties === undefined ? fc.jsonValue() : valuesOf(additionalProperties, document),
    { maxKeys: 4 }
  )
  return fc.oneof(
    { weight: 4, arbitrary: known },
    { weight: 1, arbitrary: lacking },
    {
      weight: additionalProperties === undefined ? 1 : 4,
      arbitrary: fc.tuple(known, others).map(([value, more]) => ({ ...more, ...value }))
    }
  )
}
