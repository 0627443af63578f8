import t, { type Test } from 'tap'
import { runContext } from '../../../plugins/lua/run-context.js'
import { call, FAILS, RAISES, rows } from './support/rows.js'

const T = 1709650805 // Tue 5 Mar 2024 15:00:05 UTC
const utc = (iso: string) => Date.parse(iso) / 1000

const format = (
  t: Test,
  ...list: ReadonlyArray<readonly [layout: string, text: string, at?: number]>
) => rows(t, 'time.format', ...list.map(([layout, text, at = T]) => [[at, layout], text] as const))
const parse = (
  t: Test,
  ...list: ReadonlyArray<readonly [text: string, layout: string, want: unknown]>
) => rows(t, 'time.parse', ...list.map(([text, layout, want]) => [[text, layout], want] as const))

t.test("now is in whole seconds of the run's clock", async t => {
  const { now } = runContext
  t.teardown(() => {
    runContext.now = now
  })
  runContext.now = () => 1709650805999
  t.equal(call('time.now'), T)
})

t.test('dates and times', async t => {
  format(
    t,
    ['2006-01-02', '2024-03-05'],
    ['06/1/2', '24/3/5'],
    ['2006-01-02 15:04:05', '2024-03-05 15:00:05'],
    ['20060102150405', '20240305150005'],
    ['_2|__2|002', ' 5| 65|065'],
    ['3:4:5', '3:0:5'],
    ['', '']
  )
})

t.test('names', async t => {
  format(
    t,
    ['Monday, January 2', 'Tuesday, March 5'],
    ['Mon Jan 02', 'Tue Mar 05'],
    ['MONDAY', 'MONDAY'],
    ['Month Janus', 'Month Janus'],
    ['Mondays', 'Tuesdays'],
    ['January1', 'March3'],
    ['Jan.', 'Mar.']
  )
})

t.test('twelve hours', async t => {
  format(
    t,
    ['03:04 PM', '03:00 PM'],
    ['3:04pm', '3:00pm'],
    ['3PM', '12AM', utc('2024-03-05T00:30:00Z')],
    ['3PM', '12PM', utc('2024-03-05T12:30:00Z')],
    ['15', '00', utc('2024-03-05T00:30:00Z')]
  )
})

t.test('fractions are of whole seconds', async t => {
  format(
    t,
    ['05.000', '05.000'],
    ['05,00', '05,00'],
    ['05.999', '05'],
    ['05.0001', '05.0003'],
    ['v1.0', 'v3.0']
  )
})

t.test('zones are those of UTC', async t => {
  format(
    t,
    ['MST', 'UTC'],
    ['-0700 -07:00 -07 -070000 -07:00:00', '+0000 +00:00 +00 +000000 +00:00:00'],
    ['Z0700 Z07:00 Z07 Z070000 Z07:00:00', 'Z Z Z Z Z'],
    ['2006-01-02T15:04:05Z07:00', '2024-03-05T15:00:05Z']
  )
})

t.test('everything else is literal', async t => {
  format(
    t,
    ['T Z _ P p - x é', 'T Z _ P p - x é'],
    ['_2006', '_2024'],
    ['2 days', '5 days'],
    ['0', '0'],
    ['7 8 9', '7 8 9']
  )
})

t.test('days long ago and far away', async t => {
  const layout = '2006-01-02 Mon 002 15:04:05'
  format(
    t,
    [layout, '1970-01-01 Thu 001 00:00:00', 0],
    [layout, '1969-12-31 Wed 365 23:59:59', -1],
    [layout, '2000-02-29 Tue 060 00:00:00', utc('2000-02-29T00:00:00Z')],
    [layout, '1900-03-01 Thu 060 00:00:00', utc('1900-03-01T00:00:00Z')],
    [layout, '2065-01-01 Thu 001 00:00:00', utc('2065-01-01T00:00:00Z')],
    [layout, '12345-06-07 Thu 158 00:00:00', utc('+012345-06-07T00:00:00Z')],
    [layout, '0000-01-01 Sat 001 00:00:00', -62167219200],
    ['2006 06', '-0001 00', -62167219201]
  )
})

t.test('agrees with JavaScript on dates of all kinds', async t => {
  for (let seconds = -8.64e12; seconds <= 8.64e12; seconds += 12345678901) {
    const date = new Date(seconds * 1000)
    const year = date.getUTCFullYear()
    const text =
      (year < 0 ? '-' : '') +
      String(Math.abs(year)).padStart(4, '0') +
      date.toISOString().slice(-20, -5)
    t.equal(call('time.format', seconds, '2006-01-02T15:04:05'), text)
  }
})

t.test('fractions of the argument are cut', async t => {
  format(t, ['05', '05', 5.9], ['05', '00', -0.5], ['05', '59', -1.5])
})

t.test('moments out of range raise', async t => {
  rows(
    t,
    'time.format',
    [[NaN, '2006'], RAISES],
    [[Infinity, '2006'], RAISES],
    [[-1e300, '2006'], RAISES],
    [[8.64e12 + 1, '2006'], RAISES]
  )
})

t.test('dates and times are read', async t => {
  parse(
    t,
    ['2024-03-05', '2006-01-02', utc('2024-03-05')],
    ['2024-03-05 15:00:05', '2006-01-02 15:04:05', T],
    ['2024-3-5', '2006-1-2', utc('2024-03-05')],
    ['20240305150005', '20060102150405', T],
    ['12/11/2024', '1/2/2006', utc('2024-12-11')],
    ['5:4:3', '15:4:5', -62167219200 + 5 * 3600 + 4 * 60 + 3],
    ['', '', -62167219200]
  )
})

t.test('two-digit years', async t => {
  parse(
    t,
    ['69', '06', utc('1969-01-01')],
    ['99', '06', utc('1999-01-01')],
    ['68', '06', utc('2068-01-01')],
    ['00', '06', utc('2000-01-01')],
    ['5', '06', FAILS]
  )
})

t.test('names in any case', async t => {
  parse(
    t,
    ['tuesday, MARCH 5 2024', 'Monday, January 2 2006', utc('2024-03-05')],
    ['Sun Mar 5 2024', 'Mon Jan 2 2006', utc('2024-03-05')],
    ['Xyz 5', 'Mon 2', FAILS],
    ['Smarch 5', 'January 2', FAILS],
    ['May 5 2024', 'January 2 2006', utc('2024-05-05')]
  )
})

t.test('twelve hours are read', async t => {
  const day = utc('2024-03-05')
  parse(
    t,
    ['2024-03-05 12:30 AM', '2006-01-02 03:04 PM', day + 1800],
    ['2024-03-05 12:30 PM', '2006-01-02 03:04 PM', day + 45000],
    ['2024-03-05 3pm', '2006-01-02 3pm', day + 54000],
    ['2024-03-05 3PM', '2006-01-02 3pm', FAILS],
    ['13 PM', '03 PM', FAILS],
    ['3 XM', '3 PM', FAILS]
  )
})

t.test('days of the year are read', async t => {
  parse(
    t,
    ['2024 060', '2006 002', utc('2024-02-29')],
    ['2023 060', '2006 002', utc('2023-03-01')],
    ['2024 366', '2006 002', utc('2024-12-31')],
    ['2023 366', '2006 002', FAILS],
    ['2024 000', '2006 002', FAILS],
    ['2024   5', '2006 __2', utc('2024-01-05')],
    ['2024 060 02-29', '2006 002 01-02', utc('2024-02-29')],
    ['2024 060 03-01', '2006 002 01-02', FAILS],
    ['2024 60', '2006 002', FAILS]
  )
})

t.test('zones are read', async t => {
  parse(
    t,
    ['2024-03-05T17:00:05+02:00', '2006-01-02T15:04:05Z07:00', T],
    ['2024-03-05T15:00:05Z', '2006-01-02T15:04:05Z07:00', T],
    ['2024-03-05 09:30:05 -0530', '2006-01-02 15:04:05 -0700', T],
    ['2024-03-05 17:00:05 +02', '2006-01-02 15:04:05 -07', T],
    ['2024-03-05 17:00:06 +02:00:01', '2006-01-02 15:04:05 -07:00:00', T],
    ['2024-03-05 17:00:06 +020001', '2006-01-02 15:04:05 -070000', T],
    ['Tue, 05 Mar 2024 15:00:05 GMT', 'Mon, 02 Jan 2006 15:04:05 MST', T],
    ['2024-03-05 15:00:05 UTC', '2006-01-02 15:04:05 MST', T],
    ['2024-03-05 15:00:05 CEST', '2006-01-02 15:04:05 MST', T],
    ['2024-03-05 18:00:05 GMT+3', '2006-01-02 15:04:05 MST', T],
    ['2024-03-05 15:00:05 Z', '2006-01-02 15:04:05 -07:00', FAILS],
    ['2024-03-05 15:00:05 +25:00', '2006-01-02 15:04:05 -07:00', FAILS],
    ['2024-03-05 15:00:05 *02:00', '2006-01-02 15:04:05 -07:00', FAILS],
    ['2024-03-05 15:00:05 xyz', '2006-01-02 15:04:05 MST', FAILS],
    ['2024-03-05 15:00:05 ABCDE', '2006-01-02 15:04:05 MST', FAILS]
  )
})

t.test('fractions are read, with a layout for them or without', async t => {
  parse(
    t,
    ['15:00:05.123', '15:04:05', -62167219200 + 54005],
    ['15:00:05,9', '15:04:05.999', -62167219200 + 54005],
    ['15:00:05', '15:04:05.999', -62167219200 + 54005],
    ['15:00:05.123', '15:04:05.000', -62167219200 + 54005],
    ['15:00:05.12', '15:04:05.000', FAILS],
    ['15:00:05', '15:04:05.000', FAILS],
    ['15:00:05.', '15:04:05', FAILS],
    ['2024-03-05T15:00:05.5Z', '2006-01-02T15:04:05Z07:00', T]
  )
})

t.test('blanks match any number of blanks', async t => {
  parse(
    t,
    ['2024   03', '2006 01', utc('2024-03-01')],
    ['2024 03', '2006    01', utc('2024-03-01')],
    ['202403', '2006 01', FAILS],
    [' 5', '_2', -62167219200 + 4 * 86400],
    ['15', '_2', -62167219200 + 14 * 86400]
  )
})

t.test('what does not fit, or no calendar has, fails', async t => {
  parse(
    t,
    ['yesterday', '2006-01-02', FAILS],
    ['', '2006-01-02', FAILS],
    ['2024-3-5', '2006-01-02', FAILS],
    ['2024-03-05 and more', '2006-01-02', FAILS],
    ['2024-13-01', '2006-01-02', FAILS],
    ['2024-00-01', '2006-01-02', FAILS],
    ['2023-02-29', '2006-01-02', FAILS],
    ['2024-02-29', '2006-01-02', utc('2024-02-29')],
    ['2024-02-30', '2006-01-02', FAILS],
    ['2024-04-31', '2006-01-02', FAILS],
    ['2024-04-00', '2006-01-02', FAILS],
    ['24:00', '15:04', FAILS],
    ['12:60', '15:04', FAILS],
    ['12:00:60', '15:04:05', FAILS],
    ['+024-01-01', '2006-01-02', FAILS]
  )
})

t.test('what is written is read again', async t => {
  for (const layout of [
    '2006-01-02T15:04:05Z07:00',
    'Mon Jan _2 15:04:05 2006',
    'Monday, 02-Jan-06 15:04:05 MST',
    '2006 __2 3:04:05.000 PM -0700',
    '20060102150405'
  ]) {
    for (const at of [0, T, utc('1999-12-31T23:59:59Z'), utc('2024-02-29T12:00:00Z')]) {
      t.equal(call('time.parse', call('time.format', at, layout), layout), at, layout)
    }
  }
})

t.test("sleep waits as long as the run's clock is told", async t => {
  const { sleep } = runContext
  t.teardown(() => {
    runContext.sleep = sleep
  })
  const waits: number[] = []
  runContext.sleep = ms => {
    waits.push(ms)
  }
  for (const ms of [5, 0, -1, 1.5]) call('time.sleep', ms)
  t.same(waits, [5, 1.5])
  t.equal(call('time.sleep', NaN), RAISES)
})

t.test('sleep blocks for real', async t => {
  const before = process.hrtime.bigint()
  call('time.sleep', 30)
  t.ok(process.hrtime.bigint() - before >= 29_000_000n)
})
