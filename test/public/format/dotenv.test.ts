import t from 'tap'
import { parseDotenv } from '../../../public/format/dotenv.js'

t.test('plain, quoted and exported values are read', async t => {
  t.same(parseDotenv('A=1\nexport B = "two words"\nC=\'it $is\'\n'), [{ name: 'A', value: '1' }, { name: 'B', value: 'two words' }, { name: 'C', value: 'it $is' }])
})
t.test('comments and blank lines are left out', async t => {
  t.same(parseDotenv('# nothing\n\nA=1 # one\nB="#no comment"'), [{ name: 'A', value: '1' }, { name: 'B', value: '#no comment' }])
})
t.test('double quotes take escapes, single quotes do not', async t => {
  t.same(parseDotenv('A="a\\nb\\"c"\nB=\'a\\nb\''), [{ name: 'A', value: 'a\nb"c' }, { name: 'B', value: 'a\\nb' }])
})
t.test('the last of repeated names wins and Windows line ends do not matter', async t => {
  t.same(parseDotenv('A=1\r\nA=2\r\n'), [{ name: 'A', value: '2' }])
})
t.test('text that is no .env gives nothing', async t => {
  t.same(parseDotenv('hello world'), [])
  t.same(parseDotenv('https://example.org/a'), [])
})
