import t from 'tap'
import { FAILS, raw, rows } from './support/rows.js'

t.test('texts are encoded with padding', async t => {
  rows(
    t,
    'base64.encode',
    [[''], ''],
    [['a'], 'YQ=='],
    [['ab'], 'YWI='],
    [['abc'], 'YWJj'],
    [['Hello World'], 'SGVsbG8gV29ybGQ=']
  )
})

t.test('every byte survives', async t => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  t.equal(raw('base64', 'encode', all.toString('latin1')), all.toString('base64'))
  t.equal(raw('base64', 'decode', all.toString('base64')), all.toString('latin1'))
})

t.test('line breaks are skipped, wherever they are', async t => {
  rows(
    t,
    'base64.decode',
    [['SGVs\r\nbG8g\nV29ybGQ\n=\n'], 'Hello World'],
    [['\n'], ''],
    [['YQ=\r=\r\n'], 'a']
  )
})

t.test('bits beyond the last byte are not looked at', async t => {
  rows(t, 'base64.decode', [['YR=='], 'a'])
})

t.test('what is not standard base64 fails', async t => {
  rows(
    t,
    'base64.decode',
    ...[
      'aGVsbG8',
      'YQ=',
      'Y',
      'Y===',
      '====',
      '=',
      'YQ==YQ==',
      'YQ==x',
      '-_-_',
      'YQ ==',
      'a b=',
      'é===',
      'YWJj='
    ].map(text => [[text], FAILS] as const)
  )
})
