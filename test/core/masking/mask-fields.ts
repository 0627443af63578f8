/** What masking makes of the fields of an event, by the decisions that a recorded event is written with. */
import { headerField, parameterField, REDACTED } from '../../../core/masking/event.js'

type Fields = Readonly<Record<string, string>>

const maskBy =
  (fieldOf: typeof headerField) =>
  (fields: Fields): Record<string, string> =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, fieldOf(name).masked ? REDACTED : value])
    )

export const maskHeaders = maskBy(headerField)
export const maskQuery = maskBy(parameterField)
