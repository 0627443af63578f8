/** Shared modules in a project's folder. */
import { appendFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { callApi, createDeveloper, createPair } from './moonlet.js'

const PRICES = 'return { net = 10 }\n'
const SHOP = `local prices = require("shop.prices")
return { gross = prices.net * 2 }
`
const CHECKOUT = `local shop = require("shop")
function handler() return { body = tostring(shop.gross) } end
`

/** Both developers, and a server with two modules and a function that Ana has pushed. */
async function pushed(t: Parameters<typeof createPair>[0]) {
  const pair = await createPair(t)
  const { ana, login } = pair
  const bob = await createDeveloper(t)
  await login(bob)
  await ana.write('modules/shop.lua', SHOP)
  await ana.write('modules/shop/prices.lua', PRICES)
  await ana.write('modules/shop/prices.json', '{ "description": "What it costs." }')
  await ana.write('checkout/main.lua', CHECKOUT)
  const { code, out, err } = await ana.moonlet('push', '--yes', '--message', 'first')
  if (code !== 0) throw new Error(`the first push ended with ${String(code)}: ${out}${err}`)
  return { ...pair, bob, out }
}

t.test('modules are pushed with functions, and pulled into the same files', async t => {
  const { server, bob, out } = await pushed(t)
  t.match(out, /^checkout: created, version 1$/m)
  t.match(out, /^modules\/shop: created, version 1$/m)
  t.match(out, /^\+\+\+ folder\/modules\/shop\/prices\.lua$/m)
  const { modules } = await callApi(server, 'GET', '/api/modules')
  t.match(modules, [
    { name: 'shop', active_version: { message: 'first' }, required_by: [{ name: 'checkout' }] },
    { name: 'shop.prices', description: 'What it costs.', required_by: [{ name: 'shop' }] }
  ])
  t.match(await bob.moonlet('pull'), {
    code: 0,
    out: /^modules\/shop\/prices: new$[^]*^1 function and 2 modules, 0 unchanged\.$/m
  })
  t.equal(await bob.read('modules/shop/prices.lua'), PRICES)
  t.same(JSON.parse(await bob.read('modules/shop/prices.json')), { description: 'What it costs.' })
  await t.rejects(stat(join(bob.folder, 'modules/shop.json')), 'nothing is said about it')
  t.match(JSON.parse(await bob.read('.luarc.json')), {
    'runtime.path': ['?.lua', '?/init.lua', 'modules/?.lua']
  })
  t.match(await bob.moonlet('pull', '--json'), {
    json: { functions: [{ action: 'unchanged' }], modules: [{ action: 'unchanged' }, {}] }
  })
  t.match(await bob.moonlet('pull', '--check'), { code: 0 })
  t.match(await bob.moonlet('push', '--yes'), { code: 0, out: /Nothing to push/ })
})

t.test('a change here is shown and pushed, one there is pulled', async t => {
  const { server, ana, bob } = await pushed(t)
  await bob.moonlet('pull')
  await ana.write('modules/shop/prices.lua', 'return { net = 20 }\n')
  t.match(await ana.moonlet('diff', '--json'), {
    json: { differences: [{ name: 'modules/shop/prices', changed: 'folder' }] }
  })
  t.match(await ana.moonlet('push', 'modules/shop/prices', '--yes'), {
    code: 0,
    out: /^modules\/shop\/prices: changed, version 2$/m
  })
  t.match(await bob.moonlet('pull'), { out: /^modules\/shop\/prices: updated$/m })
  t.equal(await bob.read('modules/shop/prices.lua'), 'return { net = 20 }\n')
  await rm(join(bob.folder, 'modules/shop/prices.json'))
  t.match(await bob.moonlet('push', '--yes'), { code: 0, out: /modules\/shop\/prices: changed$/m })
  const { modules } = await callApi(server, 'GET', '/api/modules?search=prices')
  t.match(modules, [{ description: '', active_version: { version: 2 } }])
})

t.test(
  'what both have changed is a conflict until a pull or --force, and nothing is lost',
  async t => {
    const { ana, bob } = await pushed(t)
    await bob.moonlet('pull')
    await ana.write('modules/shop.lua', `-- of ana\n${SHOP}`)
    await ana.moonlet('push', '--yes')
    await bob.write('modules/shop.lua', `-- of bob\n${SHOP}`)
    await bob.write('checkout/main.lua', `-- of bob\n${CHECKOUT}`)
    const refused = await bob.moonlet('push', '--yes')
    t.match(refused, {
      code: 3,
      err: /modules\/shop was changed on the server since the last pull/
    })
    t.match(
      await ana.moonlet('pull'),
      { out: /1 function and 2 modules, 3 unchanged/ },
      'nothing was'
    )
    t.match(await bob.moonlet('pull'), { out: /modules\/shop: updated; .*shop\.lua\.mine/ })
    t.match(await bob.read('modules/shop.lua'), /of ana/)
    t.match(await bob.read('modules/shop.lua.mine'), /of bob/)
    t.match(await bob.moonlet('push', '--yes'), { code: 0, out: /^checkout: changed, version 2$/m })
  }
)

t.test('mistakes in a module, and names that none can have, end a push before it', async t => {
  const { ana } = await pushed(t)
  await appendFile(join(ana.folder, 'modules/shop.lua'), '\noops oops')
  t.match(await ana.moonlet('push', '--yes'), { code: 1, err: /modules\/shop\.lua:4/ })
  await ana.write('modules/shop.lua', SHOP)
  await ana.write('modules/two words.lua', 'return 1')
  t.match(await ana.moonlet('push', '--yes'), {
    code: 1,
    err: /modules\/two words\.lua: a module needs a name/
  })
  await rm(join(ana.folder, 'modules/two words.lua'))
  await ana.write('modules/json.lua', 'return 1')
  t.match(await ana.moonlet('push', '--yes'), {
    code: 1,
    err: /json: name: .* is a module of the server/
  })
})

t.test('dev runs the last function again when a module that it requires is saved', async t => {
  const { ana, server } = await pushed(t)
  const dev = ana.start('dev')
  await eventually(t, dev.err, /Watching/)
  await ana.write('checkout/main.lua', CHECKOUT.replace('tostring(', '"is " .. tostring('))
  await eventually(t, dev.out, /^is 20$/m)
  await ana.write('modules/shop/prices.lua', 'return { net = 21 }\n')
  await eventually(t, dev.out, /^is 42$/m)
  await ana.write('modules/shop.lua', 'return {{\n')
  await eventually(t, dev.out, /modules\/shop\.lua:\d+/)
  const { modules } = await callApi(server, 'GET', '/api/modules')
  t.match(modules, [{ active_version: { version: 1 } }, { active_version: { version: 1 } }])
})
