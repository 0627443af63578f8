import t from 'tap'
import { callApi, CODE, createDeveloper, createPair } from './moonlet.js'

t.test('500 functions are pushed in one request and pulled in a few', async t => {
  const { server, ana, login } = await createPair(t)
  const names = Array.from({ length: 500 }, (_, index) => `fn-${String(index).padStart(3, '0')}`)
  for (const name of names) await ana.write(`${name}/main.lua`, `-- ${name}\n${CODE.repeat(10)}`)
  const seconds = async (who: typeof ana, ...args: string[]) => {
    const began = performance.now()
    const ended = await who.moonlet(...args)
    t.comment(`${args.join(' ')}: ${((performance.now() - began) / 1000).toFixed(2)} s`)
    return ended
  }
  const pushed = await seconds(ana, 'push', '--yes', '--json')
  t.equal(pushed.json.pushed.length, 500)
  t.match(await seconds(ana, 'push', '--yes'), { code: 0, out: /^Nothing to push/ })
  t.match(await seconds(ana, 'pull'), { code: 0, out: '500 functions, 500 unchanged.\n' })
  const bob = await createDeveloper(t)
  await login(bob)
  t.match((await seconds(bob, 'pull')).out, /^500 functions, 0 unchanged\.$/m)
  t.equal(await bob.read('fn-499/main.lua'), await ana.read('fn-499/main.lua'))
  t.equal((await seconds(bob, 'pull', '--check')).code, 0)
  t.match(await callApi(server, 'GET', '/api/functions?limit=1'), { pagination: { total: 500 } })
})
