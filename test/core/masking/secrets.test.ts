import t from 'tap'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import { createSecretMask, maskSecrets } from '../../../core/masking/event.js'

const R = '[REDACTED]'

t.test('of values that begin alike the longest is masked', async t => {
  const values = ['abcdefgh', 'abcdefgh-longer', 'abcdefgh-longest-of-all']
  t.equal(
    maskSecrets('abcdefgh-longest-of-all abcdefgh-longest abcdefghi', values),
    `${R} ${R}-longest ${R}i`
  )
})

t.test('few values and many are masked alike, in one pass', async t => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '"', '\\', '\n', 'ü'),
    minLength: 1,
    maxLength: 12
  })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), fc.array(text), (values, pieces) => {
      const secrets = values.map(value => value.padEnd(8, value))
      const many = [
        ...secrets,
        ...Array.from({ length: 1001 }, (_, i) => `unused-${i}-value`.split('').reverse().join(''))
      ]
      const input = [...pieces, ...secrets, ...pieces].join('b')
      t.equal(createSecretMask(many)(input), createSecretMask(secrets)(input))
      for (const secret of secrets) t.notOk(createSecretMask(secrets)(input).includes(secret))
    }),
    { numRuns: 300 }
  )
})

t.test('a text that was cut within a secret shows nothing of it', async t => {
  const mask = createSecretMask(['correct-horse-battery-staple'])
  t.equal(
    mask('{"body":"x correct-horse-bat","truncated":true}', true),
    `{"body":"x ${R}","truncated":true}`
  )
  t.equal(mask('correct-horses', false), 'correct-horses')
})

// Work for each value or each repetition would take minutes; tap's timeout ends the test then.
t.test(
  '20,000 variables, and texts that repeat how values begin, are masked in one pass',
  async t => {
    const many = Array.from({ length: 20_000 }, () => randomBytes(16).toString('hex'))
    const mask = createSecretMask(many)
    t.equal(mask(`${'x'.repeat(100_000)}${many[777]}`), `${'x'.repeat(100_000)}${R}`)

    const alike = Array.from({ length: 100 }, (_, i) => `${'abcdefgh'.repeat(1200)}${i}`)
    const maskAlike = createSecretMask(alike)
    for (let i = 0; i < 20; i++) {
      t.notOk(maskAlike(`${'abcdefgh'.repeat(131_072)} ${alike[5]}`).includes(`${alike[5]}`))
    }
  }
)

t.test(
  'a text that repeats how a value begins does not bring the rest of that value to light',
  t => {
    const values = Array.from(
      { length: 100 },
      (_, i) => `postgres://user:${String(i).padStart(3, '0')}-secret@host/${'x'.repeat(900)}`
    )
    const mask = createSecretMask(values)
    const event = JSON.stringify({
      body: `${'postgres '.repeat(7000)} "${values[7]}" end`,
      truncated: true
    })
    const masked = mask(event)
    t.notMatch(masked, /007-secret|user:/)
    t.match(JSON.parse(masked).body, / end$/)
    t.end()
  }
)
