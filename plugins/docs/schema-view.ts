/** Schemas as people read them. */
import type { ApiDocument, Schema } from './document.js'
import { html, prose, type Html } from './html.js'

/** Objects within objects are shown to this depth. */
const DEEPEST = 4

/** The fields of an object, or what else the schema says. Nothing for a schema that says nothing. */
export function renderSchema (document: ApiDocument, schema: Schema, depth = 0): Html | undefined {
  const resolved = resolve(document, schema)
  const fields = fieldsOf(resolved)
  if (fields.length === 0) return resolved.description === undefined && depth === 0 ? undefined : html`<p>${prose(resolved.description)}</p>`
  return html`<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>
${fields.map(({ name, field, required }) => html`<tr><td><code>${name}</code>${!required && html` <em>optional</em>`}</td><td>${typeName(field)}</td><td>${prose(field.description)}${renderInner(document, field, depth)}</td></tr>
`)}</tbody></table>`
}

function renderInner (document: ApiDocument, field: Schema, depth: number): Html | undefined {
  const inner = resolve(document, field.items ?? field)
  return depth + 1 >= DEEPEST || fieldsOf(inner).length === 0 ? undefined : renderSchema(document, inner, depth + 1)
}

interface Field { readonly name: string, readonly field: Schema, readonly required: boolean }

const fieldsOf = ({ properties = {}, required = [] }: Schema): Field[] =>
  Object.entries(properties).map(([name, field]) => ({ name, field, required: required.includes(name) }))

const resolve = (document: ApiDocument, schema: Schema): Schema =>
  schema.$ref === undefined ? schema : document.components.schemas[nameOf(schema.$ref)] ?? {}

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

/** A short name of what a value is: `integer 1–100, default 20`, `list of Version`. */
export function typeName (schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref)
  if (schema.enum !== undefined) return `${schema.enum.join(' | ')}${defaultText(schema)}`
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeName).join(' | ')
  if (schema.type === 'array') return `list of ${typeName(schema.items ?? {})}`
  if (schema.additionalProperties !== undefined) return `object of ${typeName(schema.additionalProperties)}`
  return `${[schema.type ?? 'any'].flat().join(' | ')}${rangeText(schema)}${defaultText(schema)}`
}

const defaultText = ({ default: value }: Schema): string => value === undefined || value === '' ? '' : `, default ${String(value)}`

function rangeText ({ minimum, maximum }: Schema): string {
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (minimum === undefined && most === undefined) return ''
  return most === undefined ? ` from ${minimum}` : ` ${minimum ?? ''}–${most}`
}
