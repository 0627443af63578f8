import t from 'tap'
import { readFile, readdir } from 'node:fs/promises'
import { laterServerTexts } from '../../../public/i18n/pt-BR/later-server.js'
import { addServerTexts, translateServerText } from '../../../public/i18n/pt-BR/server.js'
import { buildApi } from '../../helpers/api.js'

addServerTexts(laterServerTexts)

/** What the server's sources refuse with, with something in the place of every value. */
async function textsOfSources(): Promise<string[]> {
  const found: string[] = []
  for (const folder of [
    'core/validation',
    'core/cron',
    'plugins/alerts',
    'plugins/auth',
    'plugins/jobs',
    'plugins/routes',
    'plugins/triggers'
  ]) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.ts')) continue
      const source = await readFile(`${folder}/${file}`, 'utf8')
      for (const [, code, text] of source.matchAll(
        /MoonletError\(\s*'(\w+)',\s*(?:'([^']+)'|`[^`]+`)/g
      )) {
        if (code !== 'SETTINGS_INVALID' && text) found.push(text)
      }
      for (const [, field, text] of source.matchAll(
        /refuse\(\s*'([\w.]+)',\s*(?:'([^']+)'|`[^`]+`)/g
      )) {
        if (text) found.push(`${field}: ${text}`)
      }
    }
  }
  return found
}

t.test('every fixed text with which the server refuses has its Portuguese words', async t => {
  const texts = await textsOfSources()
  t.ok(texts.length > 20, 'texts are found')
  for (const text of texts) t.ok(translateServerText(text), text)
})

t.test('what the server really answers is known, with its values', async t => {
  const { call } = await buildApi(t)
  const errorOf = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) =>
    ((await call(method, path, body)).json as { error: string }).error
  const answers = [
    await errorOf('GET', '/api/functions/none'),
    await errorOf('POST', '/api/functions', { name: 'x'.repeat(101), code: 'x' }),
    await errorOf('POST', '/api/functions', { name: '', code: 'x' }),
    await errorOf('GET', '/api/functions?search=' + 'x'.repeat(201))
  ]
  for (const error of answers) t.ok(translateServerText(error), error)
  t.equal(translateServerText(answers[1]!), 'O nome não pode ter mais de 100 bytes.')
})

t.test('a schedule is told what is wrong with it', async t => {
  t.equal(
    translateServerText(
      'cron_schedule: invalid cron expression: expected 5 fields (minute hour day month weekday), found 2'
    ),
    'São esperados 5 campos (minuto, hora, dia, mês, dia da semana), e há 2.'
  )
  t.equal(
    translateServerText('minute: 61 is out of range (0 to 59)'),
    'minute: 61 está fora do intervalo de 0 a 59.'
  )
  t.equal(translateServerText('never heard of'), undefined)
})
