/**
 * How the API reads query parameters: each is turned into what its schema says. A parameter with a default
 * never refuses: what does not fit gives the default, and what is too large the maximum (CONTRACT section 2,
 * Pagination). One without a default answers 400 and names itself. The first of repeated values counts.
 */
import type { TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { MoonletError } from '../base/errors.js'
import type { Reader } from './body-reader.js'

interface Parameter {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
}

export function createQueryReader(schema: TSchema): Reader {
  const parameters = Object.entries(
    (schema as { properties?: Record<string, Parameter & TSchema> }).properties ?? {}
  )
  return input => {
    const query: Record<string, unknown> = {}
    for (const [name, parameter] of parameters) {
      const given = (input as Record<string, string | string[] | undefined>)[name]
      const text = Array.isArray(given) ? given[0] : given
      const value =
        text === undefined || (text === '' && parameter.type !== 'string')
          ? parameter.default
          : readValue(text, parameter)
      if (value === refused) {
        return { error: new MoonletError('VALIDATION', `${name}: ${expectation(name, parameter)}`) }
      }
      if (value !== undefined) query[name] = value
    }
    return { value: query }
  }
}

const refused = Symbol('refused')

function readValue(text: string, parameter: Parameter & TSchema): unknown {
  const value =
    parameter.type === 'integer'
      ? toInteger(text)
      : parameter.type === 'boolean'
        ? toBoolean(text)
        : text
  if (value !== undefined && Check(parameter, value)) return value
  if (parameter.default === undefined) return refused
  return typeof value === 'number' && parameter.maximum !== undefined && value > parameter.maximum
    ? parameter.maximum
    : parameter.default
}

const toInteger = (text: string): number | undefined =>
  /^[+-]?\d+$/.test(text) ? Number(text) : undefined

const toBoolean = (text: string): boolean | undefined =>
  text === 'true' ? true : text === 'false' ? false : undefined

function expectation(name: string, parameter: Parameter): string {
  if (parameter.enum !== undefined) return `${name} must be one of: [${parameter.enum.join(' ')}]`
  if (parameter.type === 'boolean') return `${name} must be true or false`
  if (parameter.type === 'integer') return `${name} must be a whole number${range(parameter)}`
  return `${name} cannot be longer than ${parameter.maxLength} characters`
}

function range({ minimum, maximum }: Parameter): string {
  if (minimum === undefined) return maximum === undefined ? '' : ` up to ${maximum}`
  return maximum === undefined ? ` from ${minimum}` : ` from ${minimum} to ${maximum}`
}
