import t from 'tap'
import { missingVariables, neededVariables } from '../../../public/format/needed-variables.js'

t.test('what a program reads is found, comments aside', async t => {
  t.same(
    neededVariables(
      'local a = env.get("A_1") or env.get(\'B\')\nlocal c = env.get "C" -- env.get("D")\n--[[ env.get("E") ]] env.get("A_1") env.set("F", "x")'
    ),
    ['A_1', 'B', 'C']
  )
  t.same(neededVariables('email.send({})\nai.chat({ provider = "anthropic" })'), [
    'ANTHROPIC_API_KEY',
    'RESEND_API_KEY'
  ])
  t.same(neededVariables('env.get(name)'), [])
})
t.test('what is set is not missing', async t => {
  const code = 'env.get("A") env.get("B") env.get("C")'
  const fn = { active_version: { code }, env_vars: { A: '' } }
  t.same(missingVariables(fn), ['B', 'C'])
  t.same(missingVariables({ ...fn, shared: ['C'] }), ['B'])
})
