// log: levels, order, arguments, and what is masked before it is stored.
import { test, lua } from '../lib/dsl.mjs'

export const area = 'lua-log'

/** Logs written by the code, as [level, message] rows. */
async function logsOf(t, code) {
  const { response } = await t.lua(code)
  return (await t.logs(response.execId)).logs.map(l => [l.level, l.message])
}

/** Each [written, stored] pair must hold. */
function stores(name, options, ...pairs) {
  return test(name, options, async t => {
    const rows = await logsOf(t, pairs.map(([m]) => `log.info([==[${m}]==])`).join('\n'))
    t.eq(
      rows.map(r => r[1]),
      pairs.map(p => p[1]),
      'stored messages'
    )
  })
}

const R = '[REDACTED]'

export default [
  test('levels', { share: true }, async t => {
    t.eq(
      await logsOf(t, 'log.debug("d") log.info("i") log.warn("w") log.error("e")'),
      [
        ['debug', 'd'],
        ['info', 'i'],
        ['warn', 'w'],
        ['error', 'e']
      ],
      'logs'
    )
  }),
  test('order-is-kept', { share: true }, async t => {
    const rows = await logsOf(t, 'for i = 1, 60 do log.info("n" .. i) end')
    t.eq(
      rows.map(r => r[1]),
      Array.from({ length: 60 }, (_, i) => `n${i + 1}`),
      'messages'
    )
  }),
  lua(
    'wrong-types-raise',
    { share: true },
    'return (pcall(log.info)), (pcall(log.info, nil)), (pcall(log.warn, true)), (pcall(log.error, {}))',
    [false, false, false, false]
  ),
  stores(
    'plain-message-is-untouched',
    { share: true },
    ['User ann logged in (id 42)', 'User ann logged in (id 42)'],
    ['the key to success', 'the key to success'],
    ['password is wrong', 'password is wrong']
  ),
  stores('masks-web-tokens', { share: true }, [
    'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl ok',
    `got ${R} ok`
  ]),
  stores(
    'masks-bearer',
    { share: true },
    ['Authorization: Bearer abc123.def_456-x', `Authorization: ${R}`],
    ['sent bearer xyz now', `sent ${R} now`]
  ),
  stores(
    'masks-tokens-and-passwords',
    { share: true },
    ['token=abcdefghij', R],
    ['password: hunter2hunter2', R],
    ['secret abcdefghijkl', R],
    ['PASSWORD=ABCDEFGHIJ', R]
  )
]
