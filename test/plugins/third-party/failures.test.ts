import { spawn } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { API_KEY, temporaryFolder } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { startServer } from '../../helpers/server.js'
import { auth, buildWith, fixture } from './with-plugins.js'

// Most of it waits for starts that never end.
t.jobs = 4

t.test(
  'a plugin that fails at start stops it with one message that names plugin, file and cause',
  async t => {
    await t.rejects(buildWith(t, [fixture('fails-at-start')]), {
      code: 'PLUGIN_FAILED',
      message:
        /^The plugin 'fails-at-start' \(.*fails-at-start\.mjs\) failed at start: no connection to anything \(at .*fails-at-start\.mjs:7:\d+\)$/
    })
  }
)

t.test('the program prints that message, and ends', async t => {
  await t.rejects(startServer(t, { PLUGINS: fixture('fails-at-start') }), {
    message:
      /ended with 1: [^]*Moonlet could not start\. The plugin 'fails-at-start' .*no connection to anything \(at [^\n]*\n/
  })
})

t.test('a plugin that never lets go of the process is named while the start waits', async t => {
  const folder = await temporaryFolder(t)
  const block = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
  await writeFile(join(folder, 'import.mjs'), block)
  await writeFile(
    join(folder, 'start.mjs'),
    `import { definePlugin } from 'moonlet/plugin'
export default definePlugin({ name: 'blocks', moonlet: '*', start () { ${block} } })`
  )
  const said = ['import.mjs', 'start.mjs'].map(name => {
    const PLUGINS = join(folder, name)
    const env = {
      HOST: '127.0.0.1',
      PORT: '0',
      API_KEY,
      DATA_DIR: join(folder, `${name}-data`),
      PLUGINS
    }
    const main = fileURLToPath(new URL('../../../core/main.js', import.meta.url))
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    t.teardown(() => child.kill('SIGKILL'))
    let text = ''
    child.stderr.setEncoding('utf8').on('data', part => (text += part))
    return () => text
  })
  const waits = String.raw`has kept the start waiting for 5 s\n$`
  await eventually(t, said[0]!, new RegExp(`^The plugin '${folder}/import.mjs' ${waits}`))
  await eventually(
    t,
    said[1]!,
    new RegExp(`^The plugin 'blocks' \\(${folder}/start.mjs\\) ${waits}`)
  )
})

t.test('two claims of one Lua module are refused, with both plugins named', async t => {
  await t.rejects(buildWith(t, [fixture('claims-kv')]), {
    message:
      /The plugin 'claims-kv' .*The Lua module 'kv' of plugin 'claims-kv' is already provided by plugin 'lua-kv'/
  })
  await t.rejects(buildWith(t, [fixture('troublesome'), fixture('another-trouble')]), {
    message:
      /The Lua module 'trouble' of plugin 'another-trouble' is already provided by plugin 'troublesome'/
  })
})

t.test(
  'a syntax error is told with file and line, also in a file that the plugin imports',
  async t => {
    const folder = await temporaryFolder(t)
    await writeFile(join(folder, 'inner.mjs'), 'export const a = 1\n\nconst = 2\n')
    await writeFile(
      join(folder, 'outer.mjs'),
      "import { a } from './inner.mjs'\nexport default a\n"
    )
    await writeFile(join(folder, 'bad.mjs'), 'export default {\n  a: 1\n  b: 2\n}\n')
    await t.rejects(buildWith(t, [join(folder, 'bad.mjs')]), {
      code: 'PLUGIN_FAILED',
      message: /: Unexpected identifier 'b' \(at \S+\/bad\.mjs:3\)$/
    })
    await t.rejects(buildWith(t, [join(folder, 'outer.mjs')]), {
      code: 'PLUGIN_FAILED',
      message: /: Unexpected token '=' \(at \S+\/inner\.mjs:3\)$/
    })
  }
)

t.test('TypeScript that Node.js does not run gets advice', async t => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'plugin.ts'), 'enum A { B }\nexport default A\n')
  await t.rejects(buildWith(t, [join(folder, 'plugin.ts')]), {
    code: 'PLUGIN_FAILED',
    message: /compile the plugin to JavaScript \(npx tsc\) and name that file in PLUGINS$/
  })
})

t.test(
  'a Lua module named like one of Lua itself stops the start with a message that names plugin and module',
  async t => {
    await t.rejects(buildWith(t, [fixture('claims-string')]), {
      code: 'PLUGIN_FAILED',
      message:
        /^The plugin 'claims-string' .*The Lua module 'string' of plugin 'claims-string' needs another name: this one is one of Lua's own/
    })
  }
)

t.test(
  'a start that never ends is given up after 10 seconds, with a message that names the plugin',
  async t => {
    await t.rejects(buildWith(t, [fixture('never-starts')]), {
      code: 'PLUGIN_FAILED',
      message:
        /^The plugin 'never-starts' \(.*never-starts\.mjs\) failed at start: its start did not end within 10 s$/
    })
  }
)

t.test(
  'an onReady hook that never ends is given up after 10 seconds, with a message that names the plugin',
  async t => {
    const app = await buildWith(t, [fixture('never-ready')])
    await t.rejects(async () => await app.ready(), {
      code: 'PLUGIN_FAILED',
      message:
        /^The plugin 'never-ready' .* failed at start: its onReady hook did not end within 10 s$/
    })
  }
)

t.test('a plugin that never closes does not keep the server from it', async t => {
  const server = await startServer(t, { PLUGINS: fixture('never-closes') })
  t.equal(await server.stop(), 0)
  for (const said of [
    'closing\n',
    'closed never-closes\n',
    'its onClose hook did not end within 10 s',
    'closed badly'
  ]) {
    t.match(server.output(), said)
  }
  t.match(server.output(), "the plugin 'never-closes' failed to close; the server goes on closing")
})

t.test('an ordinary Fastify plugin that calls back starts too', async t => {
  const folder = await temporaryFolder(t)
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "callback-style", "type": "module", "peerDependencies": { "moonlet": ">=0.1.0" } }'
  )
  await copyFile(fixture('callback-style'), join(folder, 'index.js'))
  const app = await buildWith(t, [folder])
  t.equal((await app.inject({ url: '/plugins/callback-style/' })).body, 'called back')
})

t.test('a module with a gap in its declaration is refused, naming module and function', async t => {
  await t.rejects(buildWith(t, [fixture('badly-declared')]), {
    message:
      /'badly-declared'.*not well declared:\n {2}- bad\.f has no doc\n {2}- bad\.f has no example/
  })
})

t.test('a plugin reaches no routes but its own', async t => {
  const app = await buildWith(t, [fixture('claims-api-route')])
  t.match((await app.inject({ url: '/api/functions', headers: auth })).json(), { functions: [] })
  t.equal(
    (await app.inject({ url: '/plugins/claims-api-route/api/functions', headers: auth })).body,
    'replaced'
  )
  t.not((await app.inject({ url: '/nowhere' })).body, 'mine')
})

t.test(
  "a plugin's routes take bodies of every type: forms with JSON or fields, and anything else as bytes",
  async t => {
    const app = await buildWith(t, [fixture('echoes')])
    const post = async (type: string, payload: string, path = '') => {
      const reply = await app.inject({
        method: 'POST',
        url: `/plugins/echoes/${path}`,
        headers: { 'content-type': type },
        payload
      })
      return [reply.statusCode, reply.json<{ body: unknown }>().body]
    }
    const form = 'application/x-www-form-urlencoded'
    t.same(await post(form, '{"a":1}'), [200, { a: 1 }])
    t.same(await post(form, 'a=1&b=x+y&a=2'), [200, { a: ['1', '2'], b: 'x y' }])
    t.equal((await post(form, '{"a":'))[0], 400)
    t.same(await post('application/json', '{"a":1}'), [200, { a: 1 }])
    t.same(await post('image/png', 'bytes'), [200, 'bytes'])
    t.same(await post('text/csv', 'a,b', 'own'), [200, ['a', 'b']])
  }
)
