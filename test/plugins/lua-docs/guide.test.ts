import t from 'tap'
import { callName, signatureText } from '../../../core/lua/signature.js'
import { cookbook } from '../../../plugins/lua-docs/cookbook/programs.js'
import { guideText } from '../../../plugins/lua-docs/guide-text.js'
import { MAX_CALL_VALUES } from '../../../sandbox/protocol/frames.js'
import { allFunctions, allModules } from './support/modules.js'

const guide = guideText(allModules, {
  timeoutSeconds: 77,
  memoryMb: 99,
  bodyLimit: 1111,
  responseLimit: 2222
})

t.test('the guide has every function with its words, parameters and example', async t => {
  for (const [module, name, declared] of allFunctions) {
    const at = guide.indexOf(`#### \`${signatureText(module, name, declared)}\`\n`)
    t.ok(at > 0, `${module}.${name}`)
    const part = guide.slice(at, guide.indexOf('```lua', at) + declared.example.length + 20)
    t.ok(part.includes(declared.doc), `${module}.${name} has its doc`)
    t.ok(part.includes(declared.example), `${module}.${name} has its example`)
    for (const param of declared.params) {
      t.ok(part.includes(`- \`${param.name}\` (`), `${module}.${name} has ${param.name}`)
    }
  }
})

t.test('the guide names no function that is not declared', async t => {
  const declared = new Set(allFunctions.map(([module, name]) => callName(module, name)))
  const names = allModules.map(module => module.name).join('|')
  const called = new Set(
    Array.from(
      guide.matchAll(new RegExp(`\\b(?:${names})(?:\\.[a-zA-Z_]\\w*|\\["\\w+"\\])(?=\\()`, 'g')),
      match => match[0]
    )
  )
  const values = allFunctions.filter(([, , fn]) => fn.place === 'local' && fn.isValue === true)
  t.ok(called.size >= declared.size - values.length)
  // The guide warns of this one.
  t.same(
    [...called].filter(name => !declared.has(name)),
    ['strings.repeat']
  )
})

t.test('the guide says the limits of this server', async t => {
  for (const limit of ['77 seconds', '99 MiB', '1111 bytes', '2222']) t.match(guide, limit)
  t.match(guide, `${MAX_CALL_VALUES.toLocaleString('en')} values`)
})

t.test('the guide names every field of event, ctx and answer', async t => {
  for (const name of [
    'event.method',
    'event.path',
    'event.relativePath',
    'event.query',
    'event.headers',
    'event.queryAll',
    'event.headersAll',
    'event.rawPath',
    'event.rawQuery',
    'event.params',
    'event.ip',
    'ctx.url',
    'event:header(name)',
    'event.body',
    'ctx.executionId',
    'ctx.functionId',
    'ctx.functionName',
    'ctx.requestId',
    'ctx.version',
    'ctx.startedAt',
    'ctx.baseUrl',
    'statusCode',
    'isBase64Encoded'
  ]) {
    t.match(guide, `\`${name}\``)
  }
})

t.test('the guide ends with the cookbook, whole functions all', async t => {
  for (const program of cookbook) {
    t.ok(guide.includes(program.code), program.title)
    t.match(program.code, /^function handler\(ctx, event\)$/m)
  }
})

t.test('the guide is of modest length', async t => {
  t.ok(guide.length < 85_000, `${guide.length} characters`)
})
