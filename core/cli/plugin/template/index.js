// @ts-check
import { Text, definePlugin, host, luaModule, param, setting } from 'moonlet/plugin'

/** So many greetings are kept. */
const MAX_KEPT = 20

export default definePlugin({
  name: 'my-plugin',
  moonlet: '^0.1.0',
  settings: {
    MY_PLUGIN_WORD: setting.text({ fallback: 'Hello', doc: 'What a greeting begins with' })
  },
  page: {
    title: { en: 'My plugin', 'pt-BR': 'My plugin' },
    path: '/',
    files: new URL('./page/', import.meta.url),
    icon: 'icon.svg'
  },
  start(server, { MY_PLUGIN_WORD }) {
    /** @type {string[]} Newest first; gone when the server ends. */
    const greetings = []

    server.lua.add(
      luaModule('my_plugin', {
        doc: 'Greets people.',
        functions: {
          greet: host({
            doc: 'Returns a greeting.',
            params: [param('name', Text({ max: 100 }), 'Whom to greet.')],
            returns: Text(),
            example: 'return { body = my_plugin.greet("Ada") }',
            run(_call, name) {
              const greeting = `${MY_PLUGIN_WORD}, ${name}!`
              greetings.unshift(greeting)
              greetings.length = Math.min(greetings.length, MAX_KEPT)
              return greeting
            }
          })
        }
      }),
      'my-plugin'
    )

    server.get(
      '/greetings',
      {
        schema: {
          summary: 'List the latest greetings',
          response: { 200: { type: 'array', items: { type: 'string' } } }
        }
      },
      async () => greetings
    )
  }
})
