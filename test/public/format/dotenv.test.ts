import t from 'tap'
import { readDotenv } from '../../../public/format/dotenv.js'

t.test(
  'comments, export, quotes and values over several lines are read as dotenv does',
  async t => {
    t.same(
      readDotenv(
        '# secrets\n\nexport API_KEY="a\\nb"\nNAME=Ada Lovelace # comment\nPLAIN=\'it # stays\'\nPEM="-----BEGIN\nab=c\n-----END"\nNAME=Grace\n'
      ),
      {
        variables: [
          { name: 'API_KEY', value: 'a\nb', problem: '' },
          { name: 'NAME', value: 'Grace', problem: '' },
          { name: 'PLAIN', value: 'it # stays', problem: '' },
          { name: 'PEM', value: '-----BEGIN\nab=c\n-----END', problem: '' }
        ],
        leftOver: []
      }
    )
  }
)
t.test('names with dash or dot, empty values and lines that are none are reported', async t => {
  t.same(readDotenv('my-name=1\nmy.name=2\nEMPTY=\njust words\nsk+live/secret=='), {
    variables: [
      { name: 'my-name', value: '1', problem: 'name' },
      { name: 'my.name', value: '2', problem: 'name' },
      { name: 'EMPTY', value: '', problem: 'empty' }
    ],
    leftOver: ['just words', 'sk+live/secret==']
  })
})
t.test('nothing gives nothing', async t => {
  t.same(readDotenv('# only\n\n'), { variables: [], leftOver: [] })
})
