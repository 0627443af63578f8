// The error text kept with a failed execution.
import { test } from '../lib/dsl.mjs'

export const area = 'errors'

/** Runs code that must fail; `check(text, t)` looks at the stored error text. */
function failing(name, options, lines, check) {
  return test(name, options, async t => {
    const fn = await t.create(lines.join('\n'))
    const r = await t.invokeAndRead(fn.id)
    t.eq([r.status, r.execution?.status], [500, 'error'], 'answer')
    t.isText(r.execution.error_message, 'error_message')
    await check(r.execution.error_message, t)
  })
}

const body = (...lines) => ['function handler(ctx, event)', ...lines.map(l => `  ${l}`), 'end']

/** The lines between the code markers. */
function excerpt(text) {
  const m = /\n\[CODE\]\n([\s\S]*?)\[\/CODE\]\n?/.exec(text)
  return m ? m[1].split('\n').filter(l => l !== '' && !/^\s*\^\s*$/.test(l)) : undefined
}

export default [
  failing(
    'first-line-names-the-line',
    { share: true },
    body('local a = 1', 'local b = nil', 'return b.field'),
    (text, t) => {
      t.match(text, /^Error at line 4: \S/, 'first line')
    }
  ),
  failing('message-is-kept', { share: true }, body('error("my own words")'), (text, t) => {
    t.match(text.split('\n')[0], /^Error at line 2: .*my own words/, 'first line')
  }),
  failing(
    'excerpt-marks-the-failing-line',
    { share: true },
    body('local a = 1', 'local b = 2', 'error("x")', 'local c = 3', 'local d = 4', 'return {}'),
    (text, t) => {
      t.eq(
        excerpt(text),
        [
          '    2 |   local a = 1',
          '    3 |   local b = 2',
          '>   4 |   error("x")',
          '    5 |   local c = 3',
          '    6 |   local d = 4'
        ],
        'excerpt'
      )
    }
  ),
  failing(
    'syntax-error-names-the-line',
    { share: true },
    body('local a = 1', 'local x = = 2', 'return {}'),
    (text, t) => {
      t.match(text, /^Error at line 3: /, 'first line')
      t.contains(text, '>   3 |   local x = = 2\n', 'excerpt')
      t.contains(text, '[TIP]', 'text')
    }
  ),
  failing('no-handler-has-no-line', { share: true }, ['local a = 1'], (text, t) => {
    t.match(text, /^Error: .*handler/, 'first line')
    t.eq(excerpt(text), undefined, 'excerpt')
    t.contains(text, '[TIP]', 'text')
  }),
  failing(
    'tip-for-indexing-nil',
    { share: true },
    body('local v = nil', 'return v.x'),
    (text, t) => {
      t.match(text.slice(text.indexOf('[TIP]')), /nil/, 'tip')
      t.contains(text, '[TIP]', 'text')
    }
  ),
  failing(
    'runaway-recursion-is-an-error',
    { share: true },
    body('local function f(n) return 1 + f(n + 1) end', 'return { body = f(1) }'),
    (text, t) => {
      t.match(text, /stack overflow/i, 'text')
    }
  )
]
