/** The yardstick: a Fastify route with no Lua and no database, in a process of its own. Prints its port. */
import Fastify from 'fastify'

const app = Fastify({ bodyLimit: 16 * 1024 ** 2 })
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
  done(null, body)
})
app.get('/hello', async (_request, reply) =>
  reply.type('application/json').send('{"hello":"world"}')
)
app.post('/echo', async (request, reply) =>
  reply.type('application/octet-stream').send(request.body)
)
await app.listen({ port: 0, host: '127.0.0.1' })
const address = app.server.address()
process.stdout.write(
  `listens on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`
)
