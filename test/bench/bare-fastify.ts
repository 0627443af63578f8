/** The yardstick: a Fastify route with no Lua and no database, in a process of its own. Prints its port. */
import Fastify from 'fastify'

const app = Fastify()
app.get('/hello', async (_request, reply) =>
  reply.type('application/json').send('{"hello":"world"}')
)
await app.listen({ port: 0, host: '127.0.0.1' })
const address = app.server.address()
process.stdout.write(
  `listens on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`
)
