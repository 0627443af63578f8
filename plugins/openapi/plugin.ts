/** The API's documentation, made from the schemas of the routes. Loaded before them, so that it sees them all. */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import fp from 'fastify-plugin'
import { stringify } from 'yaml'
import '../../core/contracts/server.js'
import { errorResponses } from '../../core/http/response-schemas.js'
import { moonletVersion } from '../../core/base/version.js'
import { toDocument } from './document.js'
import { describeTags } from './tags.js'
import { toLook } from './look.js'
import { DocumentPages } from './page.js'
import { style } from './style.js'

/** No script at all, styles from here alone, and nobody's frame. */
const POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const DESCRIPTION =
  'The management API of a Moonlet server, and the way functions are called. Times are Unix ' +
  'seconds, durations milliseconds. Bodies are JSON whatever their Content-Type; unknown fields ' +
  'are ignored, and null is as good as absent. Errors are `{"error": text}` and carry ' +
  '`X-Request-Id`.'

const openapi: FastifyDynamicSwaggerOptions['openapi'] = {
  openapi: '3.1.0',
  info: {
    title: 'Moonlet',
    version: moonletVersion,
    description: DESCRIPTION,
    license: { name: 'MIT', identifier: 'MIT' }
  },
  tags: describeTags,
  components: {
    securitySchemes: {
      key: { type: 'http', scheme: 'bearer', description: 'The API key.' },
      token: {
        type: 'http',
        scheme: 'bearer',
        description:
          'A token of `createToken` with the scope that the operation names, or with `admin`; without a ' +
          'name, any token does.'
      },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'auth_token',
        description: 'The cookie that `login` sets.'
      }
    }
  },
  security: [{ key: [] }, { session: [] }]
}

export default fp(
  async function docs(fastify) {
    // Pages and assets have no tag.
    await fastify.register(swagger, { openapi, hideUntagged: true, transform: describeScope })

    const readDocument = once(() =>
      toDocument(fastify.swagger(), { api: fastify.baseUrl(), functions: fastify.functionsUrl() })
    )
    // Bytes, which all responses share: of a text each has a copy.
    const readJson = once(() => Buffer.from(`${JSON.stringify(readDocument(), null, 2)}\n`))
    const readYaml = once(() =>
      Buffer.from(stringify(readDocument(), { lineWidth: 0, aliasDuplicateObjects: false }))
    )
    const pages = once(() => new DocumentPages(readDocument(), fastify.config.BASE_PATH))

    fastify.get('/docs/openapi.json', hidden, async (_request, reply) =>
      reply.header('cache-control', 'no-store').type('application/json').send(readJson())
    )
    fastify.get('/docs/openapi.yaml', hidden, async (_request, reply) =>
      reply.header('cache-control', 'no-store').type('application/yaml').send(readYaml())
    )
    fastify.get('/docs/style.css', hidden, async (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .header('x-content-type-options', 'nosniff')
        .type('text/css; charset=utf-8')
        .send(style)
    )
    fastify.get<PageRequest>('/docs', hidden, async (request, reply) => {
      const read = (name: string): string => [request.query[name] ?? ''].flat()[0] ?? ''
      const look = toLook(read('theme'), read('lang'))
      return reply
        .headers(pageHeaders)
        .type('text/html; charset=utf-8')
        .send(pages().render(read('q').slice(0, 200), look))
    })
  },
  { name: 'docs' }
)

/**
 * Which token an operation takes, as OpenAPI says it: the scope among the roles that it needs. Others are refused
 * with 403.
 */
const describeScope: FastifyDynamicSwaggerOptions['transform'] = ({ schema, url, route }) => {
  const { scope = 'admin' } = route.config ?? {}
  if (scope === 'open' || schema?.security !== undefined) return { schema, url }
  const security: Array<Record<string, string[]>> = [
    { key: [] },
    { session: [] },
    { token: scope === 'any' ? [] : [scope] }
  ]
  const refusal =
    scope === 'any' ? 'This token is not for this function' : `This token lacks the scope ${scope}`
  const response = {
    ...errorResponses({ 403: refusal }),
    ...(schema?.response as object | undefined)
  }
  return { schema: { ...schema, security, response }, url }
}

const hidden = { schema: { hide: true } }

interface PageRequest {
  Querystring: Record<string, string | string[] | undefined>
}

const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer'
}

/** Makes a value when it is first asked for: the YAML alone takes longer than all the rest. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
