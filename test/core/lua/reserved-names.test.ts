import t from 'tap'
import { whyReserved } from '../../../core/lua/reserved-names.js'
import { buildApi } from '../../helpers/api.js'

t.test('every global that is no module is a name that no module can have', async t => {
  const { app, create } = await buildApi(t)
  const code =
    'function handler() local names = {} for name in pairs(_G) do names[#names + 1] = name end return { body = table.concat(names, " ") } end'
  const id = await create({ code })
  const modules = new Set(app.lua.modules().map(({ name }) => name))
  const names = (await app.inject(`/fn/${id}`)).body.split(' ').filter(name => !modules.has(name))
  t.ok(names.length > 20)
  t.same(
    names.filter(name => whyReserved(name) === undefined),
    []
  )
  t.same(
    [...modules].filter(name => whyReserved(name) !== undefined),
    []
  )
})
