/**
 * The built-in modules use no means that a third-party plugin lacks: one of them, packed as a package, works from
 * outside.
 */
import t from 'tap'
import { build, type Plugin } from 'esbuild'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFiles } from '../../core/third-party/plugin-files.js'
import { buildWith, runLua, save } from './with-plugins.js'

/**
 * Whatever a file takes from core it takes from `moonlet/plugin`; the Lua name is another, for the built-in one is
 * there too.
 */
const asOutsider: Plugin = {
  name: 'as-outsider',
  setup(build) {
    build.onResolve({ filter: /\/core\/contracts/ }, () => ({
      path: 'nothing',
      namespace: 'nothing'
    }))
    // The rules for what Moonlet itself stores are no means; they are packed with the module.
    build.onResolve({ filter: /\/core\// }, ({ path }) =>
      path.includes('/core/validation/') ? undefined : { path: 'moonlet/plugin', external: true }
    )
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }))
    build.onLoad({ filter: /kv\/module\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("luaModule('kv'", "luaModule('outer_kv'"),
      loader: 'ts'
    }))
    build.onLoad({ filter: /kv\/plugin\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('lua-kv', 'outer-kv'),
      loader: 'ts'
    }))
  }
}

t.test('kv, packed as a package of its own, is kv', async t => {
  const { outputFiles } = await build({
    entryPoints: ['plugins/lua/kv/plugin.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    external: ['fastify-plugin'],
    plugins: [asOutsider],
    logLevel: 'silent'
  })
  const code = outputFiles[0]?.text ?? ''
  t.match(code, 'from "moonlet/plugin"')
  t.notMatch(code, /\/core\//)
  const folder = await writeFiles(t, {
    'package.json': JSON.stringify({
      name: 'outer-kv',
      version: '1.0.0',
      type: 'module',
      main: 'plugin.js',
      peerDependencies: { moonlet: '>=0.1.0' }
    })
  })
  await writeFile(join(folder, 'plugin.js'), code)
  await mkdir(join(folder, 'node_modules'))
  await symlink(resolve('node_modules/fastify-plugin'), join(folder, 'node_modules/fastify-plugin'))
  const app = await buildWith(t, [folder])
  const outer = async (body: string) => (await runLua(app, `local kv = outer_kv\n${body}`)).body

  t.equal(
    await outer(
      'kv.set("k", "v\\0\\255") return { body = kv.get("k") == "v\\0\\255" and "same" or "other" }'
    ),
    'same'
  )
  t.equal(
    await outer(
      'kv.set("n", 1.5) kv.delete("gone") return { body = kv.get("n") .. type(kv.get("gone")) }'
    ),
    '1.5nil'
  )
  t.equal(
    await outer(
      'kv.set("a", "1") kv.set("b", "2", { ttl = 60 }) local l = kv.list() return { body = #l .. l[2].key .. l[2].value }'
    ),
    '2b2'
  )
  t.equal(
    await outer(
      'return { body = tostring(kv.compareAndSet("x", nil, "y")) .. tostring(kv.compareAndSet("x", "z", nil)) }'
    ),
    'truefalse'
  )
  t.match(
    await outer(
      'kv.set("t", "text") local ok, err = pcall(kv.increment, "t") return { body = tostring(ok) .. err }'
    ),
    /^false.*kv.increment/
  )
  t.match(
    await outer('local ok, err = pcall(kv.set, nil) return { body = err }'),
    "bad argument #1 to 'outer_kv.set' (string expected, got nil)"
  )

  const id = await save(app, 'return { body = outer_kv.increment("count") }')
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => app.inject({ url: `/fn/${id}` }))
  )
  t.same(
    replies.map(({ body }) => Number(body)).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i + 1)
  )
})
