/** The JSON schema of function.json, for editors: they check it and complete it while it is written. */
import { limits } from '../validation/limits.js'

const text = (description: string) => ({ type: 'string', description })
const flag = (description: string) => ({ type: 'boolean', description })
const count = (description: string) => ({ type: 'integer', minimum: 0, description })

const properties = {
  $schema: text('The schema that editors check this file by.'),
  id: {
    ...text('Which function of the server this is. Made by the first push; leave it as it is.'),
    pattern: '^[0-9a-v]{20}$'
  },
  name: { ...text(`Not blank, at most ${limits.nameBytes} bytes.`), minLength: 1 },
  description: text(`At most ${limits.descriptionBytes} bytes.`),
  disabled: flag('Calls are answered with 403.'),
  retention_days: {
    type: 'integer',
    enum: limits.retentionDays,
    description: `How long executions are kept; ${limits.retentionDays[0]} days if left out.`
  },
  cron_schedule: text(
    'Minute, hour, day of month, month and weekday, such as "*/5 * * * *"; "TZ=Europe/Berlin " may stand before.'
  ),
  cron_status: {
    type: 'string',
    enum: limits.cronStatuses,
    description: 'Whether the schedule runs.'
  },
  cron_catch_up: flag('Run once at start when a run was missed while the server was down.'),
  save_response: flag('Keep what the function answers with each execution.'),
  allow_same_origin: flag('Let its pages share an origin with the dashboard and other functions.'),
  slug: text('A readable name in its address: /fn/{slug}.'),
  access: { type: 'object', description: 'Who may call it.' },
  routes: { type: 'array', items: { type: 'object' }, description: 'Addresses of its own.' },
  cors: { type: 'object', description: 'Which pages of other origins may call it.' },
  rate_limit: { type: 'object', description: 'How often it may be called.' },
  retry: { type: 'object', description: 'How often and when a run that failed is tried again.' },
  max_concurrency: count('How many calls run at once at most; 0: no limit.'),
  timeout_seconds: count('How long a run may take; 0: as the server says.'),
  memory_mb: count('What a run may hold; 0: as the server says.'),
  body_limit: count('Largest body of a call in bytes; 0: as the server says.'),
  kv_bytes: count('What it may store in bytes; 0: as the server says.'),
  history_bytes: count('What its history may take in bytes; 0: as the server says.'),
  env_vars: {
    type: 'object',
    description: 'Names of its variables. Values are set with "moonlet env set", and null here.',
    additionalProperties: { type: ['string', 'null'] }
  }
}

export const functionFileJsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A function of Moonlet',
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties
}
