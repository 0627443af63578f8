/** Every operation of the API's document, with what its schema allows, nearly allows, and does not allow at all. */
import t from 'tap'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import type { ApiDocument, Operation, Parameter } from '../../../plugins/openapi/api-document.js'
import { buildApi, CODE } from '../../helpers/api.js'
import { valuesOf } from './schema-values.js'

const RUNS = 25

const { app, call, callOpen, create } = await buildApi(t, {
  EXECUTION_TIMEOUT: '1',
  BODY_LIMIT: '65536'
})
const document = (await callOpen('GET', '/docs/openapi.json')).json as ApiDocument

/** What is there to be found: ids of each run's own function, so that runs that delete take nothing from the others. */
async function things(): Promise<Record<string, string[]>> {
  const id = await create({ code: CODE })
  await call('PUT', `/api/functions/${id}`, { code: `${CODE}--` })
  const execution = String((await callOpen('GET', `/fn/${id}`)).headers['x-execution-id'])
  return { id: [id, execution], v: ['1', '2'], execution: [execution] }
}

const encode = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'))
}

/** Mostly something that exists, else whatever the schema says, else nonsense that need not even be encoded well. */
const parameterValues = (
  parameter: Parameter,
  known: Record<string, string[]>
): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        ...((/^v(ersion)?\d?$/.test(parameter.name) ? known.v : known.id) as string[])
      )
    },
    { weight: 2, arbitrary: valuesOf(parameter.schema, document).map(encode) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '%',
        '%zz',
        '%ff',
        '%00',
        '..',
        '%2e%2e%2f',
        '',
        '0',
        '-1',
        '99999999999999999999',
        'x'.repeat(3000)
      )
    }
  )

const bodies = (operation: Operation): fc.Arbitrary<string | Buffer | undefined> => {
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const wild = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)),
    fc.json(),
    fc.constantFrom(
      '',
      '{',
      'null',
      '[]',
      '{"a":1}{"b":2}',
      '"text"',
      '['.repeat(20_000),
      '{"a":'.repeat(5000),
      `{"name":"${'x'.repeat(70_000)}"}`,
      '\ufeff{}',
      '{"__proto__":{"x":1}}'
    )
  )
  if (schema === undefined) {
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: wild }
    )
  }
  return fc.oneof(
    { weight: 5, arbitrary: valuesOf(schema, document).map(value => JSON.stringify(value)) },
    { weight: 1, arbitrary: wild }
  )
}

const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'text/plain',
      'application/octet-stream',
      ';',
      'multipart/form-data'
    ),
    accept: fc.constantFrom('*/*', 'x', '')
  },
  { requiredKeys: [] }
)

for (const [path, methods] of Object.entries(document.paths)) {
  if (path.startsWith('/fn/') || path === '/api/events') continue
  for (const [method, operation] of Object.entries(methods)) {
    t.test(
      `${method} ${path} answers whatever it is sent, and never with a fault of the server`,
      async t => {
        const known = await things()
        const parameters = operation.parameters ?? []
        const inPath = fc.tuple(
          ...parameters
            .filter(({ in: place }) => place === 'path')
            .map(parameter => parameterValues(parameter, known))
        )
        const query = fc.tuple(
          ...parameters
            .filter(({ in: place }) => place === 'query')
            .map(parameter =>
              fc.option(
                parameterValues(parameter, known).map(
                  value => `${encode(parameter.name)}=${value}`
                ),
                { freq: 2, nil: '' }
              )
            )
        )
        await fc.assert(
          fc.asyncProperty(
            inPath,
            query,
            fc.constantFrom('', '&', '&x=1', '&limit=1&limit=2', '&%zz', '&__proto__=1'),
            bodies(operation),
            headers,
            async (values, pairs, more, body, headers) => {
              const left = [...values]
              const url = `${path.replace(/\{[^}]+\}/g, () => String(left.shift()))}?${pairs.filter(pair => pair !== '').join('&')}${more}`
              const answer = await call(method.toUpperCase(), url, body, headers)
              if (answer.status >= 500 && answer.status !== 503) {
                throw new Error(`${answer.status} ${answer.text}`)
              }
              if (answer.status < 400) return
              const isText = answer.status === 404 && answer.text === 'Not found\n'
              if (!isText && (typeof answer.json?.error !== 'string' || answer.json.error === '')) {
                throw new Error(`an error without its form: ${answer.status} ${answer.text}`)
              }
            }
          ),
          { numRuns: RUNS }
        )
        t.equal((await callOpen('GET', '/healthz')).status, 200)
      }
    )
  }
}

t.test(
  'afterwards the server still runs functions, and logged nothing it could not explain',
  async t => {
    const { id } = await things()
    t.equal((await app.inject({ url: `/fn/${id?.[0]}` })).statusCode, 200)
  }
)
