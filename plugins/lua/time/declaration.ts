import { Int, Nil, Num, Text } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const layout = param(
  'layout',
  Text(),
  'How the moment Mon Jan 2 15:04:05 2006 -0700 would be written, such as `2006-01-02 15:04:05`.'
)

export const time = luaModule('time', {
  doc: [
    'Clock, date texts and waiting. Moments are Unix seconds, dates are in UTC.\n\n' +
      'A layout shows how the moment Mon Jan 2 15:04:05 2006 -0700 is written:',
    'year `2006` `06`; month `January` `Jan` `01` `1`; day `02` `2` `_2` (blank-padded),',
    'day of the year `002`; weekday `Monday` `Mon`; hour `15` or `03` `3` with `PM` `pm`;',
    'minute `04` `4`; second `05` `5`; fraction `.000` or `.999`;',
    'zone `MST` `-0700` `-07:00` `Z07:00`. Anything else is literal.',
    'ISO 8601 is `2006-01-02T15:04:05Z07:00`.'
  ].join(' '),
  functions: {
    now: local({
      doc: 'The current time.',
      params: [],
      returns: Int(),
      returnDoc: 'Whole Unix seconds.',
      example: 'return { body = "Unix time is " .. time.now() }'
    }),
    format: local({
      doc: 'Writes a moment in UTC.',
      params: [
        param(
          'seconds',
          Int({ min: -8.64e12, max: 8.64e12 }),
          'Unix seconds; a fraction is cut, negative is before 1970.'
        ),
        layout
      ],
      returns: Text(),
      example:
        'return { body = time.format(1709650805, "Mon 2 Jan 2006, 15:04") }  -- Tue 5 Mar 2024, 15:00'
    }),
    parse: local({
      doc:
        'Reads a date text. It must fit the layout as a whole; without a zone it is in UTC. ' +
        'Two-digit years from 69 are in the last century. A fraction of seconds is accepted and ' +
        'dropped.',
      params: [param('text', Text(), 'The date text.'), layout],
      returns: Int(),
      returnDoc: 'Unix seconds.',
      fails: true,
      example: `local seconds, err = time.parse("2024-03-05T17:00:05+02:00", "2006-01-02T15:04:05Z07:00")
return { body = seconds or err }  -- 1709650805`
    }),
    sleep: local({
      doc: "Waits. The wait counts against the run's time limit, which ends it early.",
      params: [param('ms', Num(), 'Milliseconds; 0 or less returns at once.')],
      returns: Nil,
      example: `time.sleep(20)
return { body = "20 ms later" }`
    })
  }
})
