import t from 'tap'
import { findWrites } from '../../../../../public/pages/function/code/find-writes.js'
import { allModules } from '../../../../plugins/lua-docs/support/modules.js'

/** Of the modules that reach anything outside of the run, what changes nothing there. */
const reading = [
  /^kv\.(?:get|list|all|keys)\w*$/,
  /^env\.get$/,
  /^http\.(?:get|head)$/,
  /^functions\.job$/,
  // Kept with the execution, or paid for; nobody else sees it.
  /^(?:ai|log)\./
]
const inside = /^(?:json|crypto|time|url|strings|random|base64|router|response|html|jwt)$/

t.test('every API that writes is found in a draft, and no other', async t => {
  const names = allModules
    .filter(({ name }) => !inside.test(name))
    .flatMap(({ name, functions }) => Object.keys(functions).map(of => `${name}.${of}`))
  t.ok(names.length > 40)
  for (const name of names) {
    const writes = !reading.some(pattern => pattern.test(name))
    t.same(findWrites(`return ${name}(x)`), writes ? [name] : [], name)
  }
})

t.test('a name is told once, and a longer one is another', async t => {
  t.same(findWrites('kv.set("a", 1) kv.set("b", 2) kv.setMany({}) mykv.set(1)'), [
    'kv.set',
    'kv.setMany'
  ])
})
