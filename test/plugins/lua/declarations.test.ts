import t from 'tap'
import type { LuaModule } from '../../../core/lua/module.js'
import { localModules } from '../../../plugins/lua/builtin.js'
import { locals } from '../../../plugins/lua/locals.js'
import { problemsOf } from './support/declaration-problems.js'

for (const module of localModules) {
  t.test(`the module ${module.name} keeps its declaration`, async t => {
    t.same(problemsOf(module, locals[module.name]), [])
  })
}

t.test('there is no local code without a module', async t => {
  t.same(
    Object.keys(locals).filter(name => !localModules.some(module => module.name === name)),
    []
  )
})

const broken: LuaModule = {
  name: 'broken',
  doc: '',
  functions: {
    missing: {
      place: 'local',
      doc: 'x',
      params: [],
      returns: { kind: 'nil' },
      example: 'return broken.missing()'
    },
    bare: {
      place: 'local',
      doc: ' ',
      params: [{ name: 'a', type: { kind: 'any' }, doc: '' }],
      returns: { kind: 'nil' },
      example: 'return 1'
    }
  }
}

t.test('a module that breaks its declaration is named, with the function', async t => {
  t.same(problemsOf(broken, { bare: () => undefined, extra: () => undefined }), [
    'broken has no doc',
    'broken.missing has no local code',
    'broken.bare has no doc',
    "broken.bare: parameter 'a' has no doc",
    'broken.bare: the example does not call it',
    'broken.extra is not declared'
  ])
})
