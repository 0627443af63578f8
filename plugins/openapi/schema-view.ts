/** Schemas as people read them. */
import type { ApiDocument, Schema } from './api-document.js'
import { html, prose, type Html } from './html.js'

/** Objects within objects are shown to this depth. */
const MAX_DEPTH = 4

interface Field {
  readonly name: string
  readonly schema: Schema
  readonly optional: boolean
}

/**
 * A table of the fields, those of inner objects as `outer.inner` and `list[].inner`. Nothing for what has no fields.
 */
export function renderSchema(document: ApiDocument, schema: Schema): Html | undefined {
  const fields = fieldsOf(document, schema, '', 0)
  if (fields.length === 0) return undefined
  return html`<table>
    <thead>
      <tr>
        <th>Field</th>
        <th>Type</th>
        <th>Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ({ name, schema, optional }) =>
          html`<tr>
            <td><code>${name}</code>${optional && html` <em>optional</em>`}</td>
            <td>${typeName(schema)}</td>
            <td>${prose(schema.description)}</td>
          </tr> `
      )}
    </tbody>
  </table>`
}

function fieldsOf(document: ApiDocument, schema: Schema, within: string, depth: number): Field[] {
  const { properties = {}, required = [] } = resolve(document, schema)
  if (depth >= MAX_DEPTH) return []
  return Object.entries(properties).flatMap(([own, field]) => {
    const name = within + own
    const inner =
      field.items === undefined
        ? fieldsOf(document, field, `${name}.`, depth + 1)
        : fieldsOf(document, field.items, `${name}[].`, depth + 1)
    return [{ name, schema: field, optional: !required.includes(own) }, ...inner]
  })
}

const resolve = (document: ApiDocument, schema: Schema): Schema =>
  schema.$ref === undefined ? schema : (document.components.schemas[nameOf(schema.$ref)] ?? {})

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

/** A short name of what a value is: `integer 1–100, default 20`, `list of Version`. */
export function typeName(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref)
  if (schema.enum !== undefined) return `${schema.enum.join(' | ')}${defaultText(schema)}`
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeName).join(' | ')
  if (schema.type === 'array') return `list of ${typeName(schema.items ?? {})}`
  if (schema.additionalProperties !== undefined) {
    return `object of ${typeName(schema.additionalProperties)}`
  }
  return `${[schema.type ?? 'any'].flat().join(' | ')}${rangeText(schema)}${defaultText(schema)}`
}

const defaultText = ({ default: value }: Schema): string =>
  value === undefined || value === '' ? '' : `, default ${String(value)}`

function rangeText({ minimum, maximum }: Schema): string {
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (minimum === undefined && most === undefined) return ''
  return most === undefined ? ` from ${minimum}` : ` ${minimum ?? ''}–${most}`
}
