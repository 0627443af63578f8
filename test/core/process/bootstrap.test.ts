import t from 'tap'
import { join } from 'node:path'
import { prepareStart } from '../../../core/process/bootstrap.js'
import { plugin, writeFiles } from '../third-party/plugin-files.js'

const settings = `settings: {
  MAILER_URL: setting.text({ fallback: 'smtp://localhost', doc: 'Where mail goes' }),
  MAILER_SIZE: setting.integer({ min: 1, max: 9, fallback: 3, doc: 'Connections at once' }),
  MAILER_PASSWORD: setting.optionalText({ secret: true, doc: 'The password' })
}`

t.test('settings of plugins are read with those of the server', async t => {
  const folder = await writeFiles(t, { 'mailer.mjs': plugin('mailer', settings) })
  const { config, plugins, pluginSettings } = await prepareStart({
    PLUGINS: join(folder, 'mailer.mjs'),
    MAILER_SIZE: '5',
    PORT: '0'
  })
  t.equal(config.PORT, 0)
  t.match(plugins, [{ name: 'mailer' }])
  t.same(pluginSettings.get('mailer'), {
    MAILER_URL: 'smtp://localhost',
    MAILER_SIZE: 5,
    MAILER_PASSWORD: undefined
  })
})

t.test('bad settings of plugins and server are in one message, without secrets', async t => {
  const folder = await writeFiles(t, { 'mailer.mjs': plugin('mailer', settings) })
  const start = prepareStart({
    PLUGINS: join(folder, 'mailer.mjs'),
    PORT: 'x',
    MAILER_SIZE: '10',
    MAILER_PASSWORD: 'two words',
    MAILER_URI: 'x'
  })
  const { message } = (await start.then(
    () => t.fail('it started'),
    (error: Error) => error
  )) as Error
  t.match(message, 'PORT must be a whole number')
  t.match(
    message,
    'MAILER_SIZE (setting of the plugin \'mailer\') must be a whole number from 1 to 9 (it is "10")'
  )
  t.match(
    message,
    'MAILER_PASSWORD (setting of the plugin \'mailer\') must not contain blanks (it is "***")'
  )
  t.match(message, 'MAILER_URI is no setting; did you mean MAILER_URL?')
})
