// time: clock, reference-date layouts, sleeping. The server must run in UTC.
import { lua, luaRows, test, FAILS } from '../lib/dsl.mjs'

export const area = 'lua-time'

const T = 1709650805 // Tue 5 Mar 2024 15:00:05 UTC
const utc = iso => Date.parse(iso) / 1000

const format = (layout, text, at = T) => [`time.format(${at}, "${layout}")`, text]
const parse = (text, layout, at) => [`time.parse("${text}", "${layout}")`, at]

export default [
  lua(
    'now-is-whole-unix-seconds',
    { share: true },
    'local n = time.now() return n, n == math.floor(n)',
    ([n, whole], t) => {
      t.between(n, Date.now() / 1000 - 10, Date.now() / 1000 + 2, 'now')
      t.eq(whole, true, 'whole')
    }
  ),
  luaRows(
    'format-date-and-time',
    { share: true },
    format('2006-01-02', '2024-03-05'),
    format('2006-01-02 15:04:05', '2024-03-05 15:00:05'),
    format('20060102150405', '20240305150005')
  ),
  luaRows(
    'format-names',
    { share: true },
    format('Monday, January 2', 'Tuesday, March 5'),
    format('Mon Jan 02', 'Tue Mar 05')
  ),
  luaRows(
    'format-twelve-hour',
    { share: true },
    format('03:04 PM', '03:00 PM'),
    format('3:04pm', '3:00pm'),
    format('3PM', '12AM', utc('2024-03-05T00:30:00Z')),
    format('3PM', '12PM', utc('2024-03-05T12:30:00Z'))
  ),
  luaRows(
    'parse-date-and-time',
    { share: true },
    parse('2024-03-05', '2006-01-02', utc('2024-03-05T00:00:00Z')),
    parse('2024-03-05 15:00:05', '2006-01-02 15:04:05', T),
    parse('2024-3-5', '2006-1-2', utc('2024-03-05T00:00:00Z'))
  ),
  luaRows(
    'parse-zone',
    { share: true },
    parse('2024-03-05T17:00:05+02:00', '2006-01-02T15:04:05Z07:00', T),
    parse('2024-03-05T15:00:05Z', '2006-01-02T15:04:05Z07:00', T),
    parse('2024-03-05 09:30:05 -0530', '2006-01-02 15:04:05 -0700', T),
    parse('Tue, 05 Mar 2024 15:00:05 GMT', 'Mon, 02 Jan 2006 15:04:05 MST', T)
  ),
  luaRows(
    'parse-mismatch-fails',
    { share: true },
    parse('yesterday', '2006-01-02', FAILS),
    parse('', '2006-01-02', FAILS),
    parse('2024-3-5', '2006-01-02', FAILS),
    parse('2024-03-05 and more', '2006-01-02', FAILS)
  ),
  test('sleep-waits', { share: true }, async t => {
    const started = Date.now()
    const { values } = await t.lua('time.sleep(400) return "woke"')
    t.eq(values, ['woke'], 'value')
    t.between(Date.now() - started, 400, 8000, 'milliseconds')
  })
]
