import t from 'tap'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import { nextRuns, parseSchedule } from '../../../core/cron/schedule.js'

const at = (iso: string) => Date.parse(iso)
const runs = (text: string, from: string, count: number) =>
  nextRuns(parseSchedule(text), at(from), count).map(seconds =>
    new Date(seconds * 1000).toISOString().replace(':00.000Z', 'Z')
  )

t.test('gives minutes strictly after the given moment', async t => {
  t.same(runs('TZ=UTC * * * * *', '2026-01-10T10:00:00Z', 2), [
    '2026-01-10T10:01Z',
    '2026-01-10T10:02Z'
  ])
  t.same(runs('TZ=UTC * * * * *', '2026-01-10T09:59:59.999Z', 1), ['2026-01-10T10:00Z'])
})

t.test('reads lists, ranges, steps, names in any case and repeated blanks', async t => {
  t.same(runs('TZ=UTC 10-40/10 * * * *', '2026-01-10T10:15:00Z', 4), [
    '2026-01-10T10:20Z',
    '2026-01-10T10:30Z',
    '2026-01-10T10:40Z',
    '2026-01-10T11:10Z'
  ])
  t.same(runs('TZ=UTC 5/20 * * * *', '2026-01-10T10:00:00Z', 4), [
    '2026-01-10T10:05Z',
    '2026-01-10T10:25Z',
    '2026-01-10T10:45Z',
    '2026-01-10T11:05Z'
  ])
  t.same(runs('  TZ=UTC   0\t 9,17 ?  jan-FEB   Mon ', '2026-01-10T10:00:00Z', 3), [
    '2026-01-12T09:00Z',
    '2026-01-12T17:00Z',
    '2026-01-19T09:00Z'
  ])
})

t.test('when both day fields are restricted, a day fits if either does', async t => {
  t.same(runs('TZ=UTC 0 0 13 * FRI', '2026-02-07T00:00:00Z', 3), [
    '2026-02-13T00:00Z',
    '2026-02-20T00:00Z',
    '2026-02-27T00:00Z'
  ])
  t.same(runs('TZ=UTC 0 0 30 2 MON', '2026-02-01T00:00:00Z', 2), [
    '2026-02-02T00:00Z',
    '2026-02-09T00:00Z'
  ])
  t.same(
    runs('TZ=UTC 0 0 */15 * MON', '2026-02-03T00:00:00Z', 3),
    ['2026-02-09T00:00Z', '2026-02-16T00:00Z', '2026-02-23T00:00Z'],
    'a step above 1 restricts'
  )
  t.same(
    runs('TZ=UTC 0 0 */1 * MON', '2026-02-03T00:00:00Z', 2),
    ['2026-02-09T00:00Z', '2026-02-16T00:00Z'],
    'a step of 1 does not'
  )
  t.same(
    runs('TZ=UTC 0 0 7,* * MON', '2026-02-03T00:00:00Z', 2),
    ['2026-02-09T00:00Z', '2026-02-16T00:00Z'],
    'nor does a list with *'
  )
})

t.test('a date that never comes has no runs', async t => {
  t.same(runs('TZ=UTC 0 0 30 2 *', '2026-01-01T00:00:00Z', 5), [])
  t.same(runs('TZ=UTC 0 0 31 4,6,9,11 *', '2026-01-01T00:00:00Z', 5), [])
})

t.test('looks five years ahead and no further', async t => {
  t.same(runs('TZ=UTC 0 0 29 2 *', '2026-01-10T00:00:00Z', 5), ['2028-02-29T00:00Z'])
  t.same(runs('TZ=UTC 0 0 29 2 *', '2097-01-10T00:00:00Z', 5), [], '2100 is no leap year')
})

t.test('a time that clocks skip does not run that day', async t => {
  t.same(runs('TZ=America/New_York 30 2 * * *', '2026-03-07T00:00:00Z', 3), [
    '2026-03-07T07:30Z',
    '2026-03-09T06:30Z',
    '2026-03-10T06:30Z'
  ])
  t.same(runs('CRON_TZ=Europe/Berlin */20 2-3 * * *', '2026-03-29T00:00:00Z', 3), [
    '2026-03-29T01:00Z',
    '2026-03-29T01:20Z',
    '2026-03-29T01:40Z'
  ])
  t.same(
    runs('TZ=America/Sao_Paulo 0 0 * * *', '2018-11-03T12:00:00Z', 1),
    ['2018-11-05T02:00Z'],
    'also at midnight'
  )
})

t.test('a time that comes twice runs twice', async t => {
  t.same(runs('TZ=America/New_York 30 1 * * *', '2026-11-01T00:00:00Z', 3), [
    '2026-11-01T05:30Z',
    '2026-11-01T06:30Z',
    '2026-11-02T06:30Z'
  ])
  t.same(
    runs('TZ=Australia/Lord_Howe 45 1 * * *', '2026-04-04T12:00:00Z', 2),
    ['2026-04-04T14:45Z', '2026-04-04T15:15Z'],
    'also where clocks change by half an hour'
  )
})

t.test("without a zone the server's is used", async t => {
  const local = nextRuns(parseSchedule('30 12 * * *'), at('2026-06-01T00:00:00Z'), 1)[0]
  const date = new Date((local ?? 0) * 1000)
  t.same([date.getHours(), date.getMinutes()], [12, 30])
})

for (const [text, complaint] of [
  ['', /expected 5 fields .* found 0/],
  ['* * * *', /found 4/],
  ['* * * * * *', /found 6/],
  ['daily', /found 1/],
  ['@daily', /"@daily" is not supported/],
  ['60 * * * *', /minute: 60 is out of range \(0 to 59\)/],
  ['* 24 * * *', /hour: 24/],
  ['* * 0 * *', /day of month: 0/],
  ['* * 32 * *', /32/],
  ['* * * 0 *', /month: 0/],
  ['* * * 13 *', /13/],
  ['* * * * 7', /weekday: 7 is out of range \(0 to 6\)/],
  ['* * * * 8', /8/],
  ['5-1 * * * *', /"5-1" runs backwards/],
  ['* * * * FRI-MON', /backwards/],
  ['*/0 * * * *', /step "0"/],
  ['*/-1 * * * *', /step/],
  ['*/ * * * *', /step ""/],
  ['* * * FOO *', /"FOO" is not a number or a name such as JAN/],
  ['JAN * * * *', /"JAN" is not a number/],
  ['1,,2 * * * *', /list/],
  [', * * * *', /list/],
  ['1-2-3 * * * *', /not a range/],
  ['1/2/3 * * * *', /list/],
  ['*-5 * * * *', /"\*" is not a number/],
  ['-1 * * * *', /"" is not a number/],
  ['+1 * * * *', /"\+1"/],
  ['1.5 * * * *', /"1.5"/],
  ['* * L * *', /"L"/],
  ['* * * * 5#2', /"5#2"/],
  ['* * 15W * *', /"15W"/],
  ['* * * * 5L', /"5L"/],
  ['TZ=Nowhere/Else * * * * *', /"Nowhere\/Else" is not a time zone/],
  ['TZ= * * * * *', /"" is not a time zone/],
  ['CRON_TZ=UTC', /found 0/],
  ['TZ=+01:00 * * * * *', /time zone/]
] as const) {
  t.test(`refuses ${JSON.stringify(text)}`, async t => {
    t.throws(() => parseSchedule(text), { message: complaint })
  })
}

t.test('agrees with looking at every minute of the wall clock', async t => {
  const zones = [
    'America/New_York',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC'
  ] as const
  const value = (min: number, max: number) => fc.integer({ min, max })
  const field = (min: number, max: number) =>
    fc.oneof(
      fc.constantFrom('*', '?', '*/2', '*/7'),
      fc
        .array(
          fc.oneof(
            value(min, max).map(String),
            fc
              .tuple(value(min, max), value(min, max))
              .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
          ),
          { minLength: 1, maxLength: 3 }
        )
        .map(items => items.join(','))
    )
  const start = fc.constantFrom(
    at('2026-03-07T20:17:30Z'),
    at('2026-03-28T20:00:00Z'),
    at('2026-04-04T00:00:00Z'),
    at('2026-10-24T12:00:00Z'),
    at('2026-10-31T20:00:00Z')
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)),
        fc.constantFrom(...zones),
        start,
        (fields, zone, from) => {
          const expected = everyMinute(fields, zone, from, 48 * 60)
          const got = nextRuns(
            parseSchedule(`TZ=${zone} ${fields.join(' ')}`),
            from,
            expected.length + 1
          )
          return (
            JSON.stringify(got.slice(0, expected.length)) === JSON.stringify(expected) &&
            (got[expected.length] ?? Infinity) > from / 1000 + 48 * 3600
          )
        }
      ),
      { numRuns: 60 }
    )
  )
})

/** The definition itself: which minutes read, on the wall, as the fields say. */
function everyMinute(
  fields: readonly string[],
  timeZone: string,
  from: number,
  minutes: number
): number[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    day: '2-digit',
    month: '2-digit',
    weekday: 'short',
    hourCycle: 'h23'
  })
  const found: number[] = []
  for (
    let i = 0, minute = (Math.floor(from / 60000) + 1) * 60000;
    i < minutes;
    i++, minute += 60000
  ) {
    const part = Object.fromEntries(
      format.formatToParts(minute).map(({ type, value }) => [type, value])
    )
    const reads = [
      part.minute,
      part.hour,
      part.day,
      part.month,
      ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(part.weekday ?? '')
    ].map(Number)
    const minimum = [0, 0, 1, 1, 0]
    const fits = fields.map((field, f) =>
      field.split(',').some(item => {
        const [range = '', step = '1'] = item.split('/')
        const [low, high = low] =
          range === '*' || range === '?' ? [minimum[f], Infinity] : range.split('-').map(Number)
        return reads[f]! >= low! && reads[f]! <= high! && (reads[f]! - low!) % Number(step) === 0
      })
    )
    const dayFits =
      fields[2] === '*' || fields[2] === '?' || fields[4] === '*' || fields[4] === '?'
        ? fits[2] && fits[4]
        : fits[2] || fits[4]
    if (fits[0] && fits[1] && fits[3] && dayFits) found.push(minute / 1000)
  }
  return found
}
