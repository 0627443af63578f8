import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startMoonlet } from 'moonlet/testing'

/** @type {Awaited<ReturnType<typeof startMoonlet>>} */
let server
before(async () => {
  server = await startMoonlet({ plugins: ['./'], settings: { MY_PLUGIN_WORD: 'Hi' } })
})
after(async () => {
  await server?.close()
})

test('functions greet', async () => {
  const { status, body } = await server.run('return { body = my_plugin.greet("Ada") }')
  assert.deepEqual([status, body], [200, 'Hi, Ada!'])
})

test('a wrong argument is an error of the caller', async () => {
  const { body } = await server.run('return { body = select(2, pcall(my_plugin.greet, {})) }')
  assert.match(body, /bad argument #1 to 'my_plugin\.greet'/)
})

test('the route lists the latest greetings, to whoever may see them', async () => {
  await server.run('return { body = my_plugin.greet("Grace") }')
  const greetings = await server.api('/plugins/my-plugin/greetings')
  assert.equal(/** @type {string[]} */ (greetings)[0], 'Hi, Grace!')
  assert.equal((await fetch(`${server.url}/plugins/my-plugin/greetings`)).status, 401)
})
