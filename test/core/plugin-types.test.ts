/**
 * What the editor of a plugin's author knows: `moonlet/plugin` has types, from the sources and from the package
 * alike.
 */
import t from 'tap'
import { execa } from 'execa'
import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { writeFiles } from './third-party/plugin-files.js'

const code = `// @ts-check
import { Text, definePlugin, host, luaModule, param, setting } from 'moonlet/plugin'

export default definePlugin({
  name: 'x',
  moonlet: '*',
  settings: { X_SIZE: setting.integer({ min: 1, max: 2, fallback: 1, doc: 'A size' }) },
  start (server, { X_SIZE }) {
    server.lua.add(luaModule('x', {
      doc: 'd',
      functions: {
        f: host({ doc: 'd', params: [param('a', Text(), 'd')], returns: Text(), example: 'x.f("")', run: (call, a) => a.trim() + call.functionId + X_SIZE.toFixed() + server.plugin.name }),
        g: host({ doc: 'd', params: [param('a', Text(), 'd')], returns: Text(), example: 'x.g("")', run: (call, a) => a.noSuchMethod() })
      }
    }), 'x')
  }
})
`

/** Messages of the type checker for a plugin in the folder. */
function problemsIn(folder: string): string[] {
  const program = ts.createProgram([join(folder, 'plugin.js')], {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: []
  })
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(join(folder, 'plugin.js')))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

t.test('a plugin in TypeScript has declarations', async t => {
  const folder = await writeFiles(t, {
    'plugin.ts':
      "import { definePlugin } from 'moonlet/plugin'\nexport default definePlugin({ name: 'x', moonlet: '*', start () {} })\n",
    'package.json': '{ "type": "module" }'
  })
  await mkdir(join(folder, 'node_modules'))
  await symlink(resolve('.'), join(folder, 'node_modules/moonlet'))
  const program = ts.createProgram([join(folder, 'plugin.ts')], {
    declaration: true,
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: []
  })
  let declaration = ''
  const { diagnostics } = program.emit(
    undefined,
    (file, text) => {
      if (file.endsWith('.d.ts')) declaration = text
    },
    undefined,
    true
  )
  t.same(
    [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, '\n')
    ),
    []
  )
  t.match(declaration, 'moonlet/plugin')
})

t.test('with Moonlet linked, the only mistake is found', async t => {
  const folder = await writeFiles(t, { 'plugin.js': code, 'package.json': '{ "type": "module" }' })
  await mkdir(join(folder, 'node_modules'))
  await symlink(resolve('.'), join(folder, 'node_modules/moonlet'))
  t.same(problemsIn(folder), ["Property 'noSuchMethod' does not exist on type 'string'."])
})

t.test('with Moonlet as a package, which has declarations only, too', async t => {
  const folder = await writeFiles(t, { 'plugin.js': code, 'package.json': '{ "type": "module" }' })
  const installed = join(folder, 'node_modules/moonlet')
  await execa(
    'node',
    [
      'node_modules/typescript/bin/tsc',
      '--project',
      'config/types.json',
      '--outDir',
      join(installed, 'dist/types')
    ],
    { env: { NODE_OPTIONS: '' } }
  )
  await cp('package.json', join(installed, 'package.json'))
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    await mkdir(join(folder, 'node_modules', name, '..'), { recursive: true })
    await symlink(resolve('node_modules', name), join(folder, 'node_modules', name))
  }
  t.same(problemsIn(folder), ["Property 'noSuchMethod' does not exist on type 'string'."])
})
