import t from 'tap'
import { readEnvVars } from '../../../core/validation/env-vars.js'

const refused = (message: string) => ({ code: 'VALIDATION', statusCode: 400, message })
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`V${i}`, '1']))

t.test('a set of valid variables comes back equal', async t => {
  t.same(readEnvVars({ A: '1', b_2: ' two ', 9: 'x' }), { A: '1', b_2: ' two ', 9: 'x' })
  t.same(readEnvVars({}), {})
})

t.test('a missing set is refused', async t => {
  t.throws(() => readEnvVars(undefined), refused('env_vars: env_vars cannot be nil'))
})

t.test('a hundred variables are the most', async t => {
  t.equal(Object.keys(readEnvVars(many(100))).length, 100)
  t.throws(
    () => readEnvVars(many(101)),
    refused('env_vars: cannot have more than 100 environment variables')
  )
})

t.test('a key is not blank, not long, and plain', async t => {
  t.throws(
    () => readEnvVars({ ' ': '1' }),
    refused('env_var_key: environment variable key cannot be empty')
  )
  t.throws(
    () => readEnvVars({ '': '1' }),
    refused('env_var_key: environment variable key cannot be empty')
  )
  t.doesNotThrow(() => readEnvVars({ ['K'.repeat(100)]: '1' }))
  t.throws(
    () => readEnvVars({ ['K'.repeat(101)]: '1' }),
    refused('env_var_key: environment variable key cannot be longer than 100 characters')
  )
  for (const key of ['A-B', 'A B', 'É', 'A.B', 'A\n']) {
    t.throws(
      () => readEnvVars({ [key]: '1' }),
      refused(
        'env_var_key: environment variable key can only contain letters, numbers, and underscores'
      )
    )
  }
})

t.test('a value is not blank and has at most 10000 bytes', async t => {
  for (const value of ['', ' \t', null]) {
    t.throws(
      () => readEnvVars({ A: value }),
      refused('env_var_value: environment variable value cannot be empty')
    )
  }
  t.doesNotThrow(() => readEnvVars({ A: 'v'.repeat(10_000) }))
  t.throws(
    () => readEnvVars({ A: 'é'.repeat(5001) }),
    refused('env_var_value: environment variable value cannot be longer than 10000 characters')
  )
})

t.test('__proto__ is a variable like any other', async t => {
  const variables = readEnvVars(JSON.parse('{"__proto__":"x"}') as Record<string, string>)
  t.same(Object.entries(variables), [['__proto__', 'x']])
})
