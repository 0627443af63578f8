import t from 'tap'
import { loadConfig } from '../../config/load.js'

const problemsOf = (environment: Record<string, string>) => {
  try {
    loadConfig(environment)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

t.test('an empty environment gives the documented defaults', async t => {
  const config = loadConfig({})
  t.match(config, {
    PORT: 3000,
    HOST: '0.0.0.0',
    DATA_DIR: './data',
    EXECUTION_TIMEOUT: 300,
    BODY_LIMIT: 10485760,
    RESPONSE_LIMIT: 10485760,
    EVENT_LIMIT: 65536,
    HISTORY_LIMIT: 2147483648,
    HISTORY_LIMIT_PER_FUNCTION: 536870912,
    KV_LIMIT: 1073741824,
    KV_LIMIT_PER_FUNCTION: 67108864,
    SANDBOX_MEMORY_MB: 128,
    SANDBOX_MAX_INVOCATIONS: 50_000,
    SANDBOX_IDLE_SECONDS: 60,
    QUEUE_LIMIT: 1000,
    QUEUE_TIMEOUT: 30,
    TRUST_PROXY: false,
    HTTP_ALLOW_PRIVATE: false,
    LOG_LEVEL: 'info',
    PLUGINS: []
  })
  t.equal(config.API_KEY, undefined)
  t.equal(config.BASE_URL, undefined)
  t.ok(config.SANDBOX_MAX >= 8)
  t.ok(Object.isFrozen(config))
})

t.test('trusted proxies are all, none, or addresses and networks', async t => {
  t.same(
    ['true', '0', '127.0.0.1, ::1,10.0.0.0/8'].map(
      text => loadConfig({ TRUST_PROXY: text }).TRUST_PROXY
    ),
    [true, false, ['127.0.0.1', '::1', '10.0.0.0/8']]
  )
  for (const text of ['yes', '10.0.0.0/40', 'proxy.example.org', ',']) {
    t.match(
      problemsOf({ TRUST_PROXY: text }),
      /TRUST_PROXY must be true, false, or addresses and networks/
    )
  }
})

t.test('an empty variable counts as unset', async t => {
  t.equal(loadConfig({ PORT: '', API_KEY: '' }).PORT, 3000)
})

t.test('values are read with their units', async t => {
  const config = loadConfig({
    PORT: '8080',
    BODY_LIMIT: '2MiB',
    RESPONSE_LIMIT: '4096',
    HTTP_ALLOW_PRIVATE: 'true',
    BASE_URL: 'https://x.example/',
    PLUGINS: 'a, ./b ,',
    EXECUTION_TIMEOUT: '0'
  })
  t.match(config, {
    PORT: 8080,
    BODY_LIMIT: 2097152,
    RESPONSE_LIMIT: 4096,
    HTTP_ALLOW_PRIVATE: true,
    BASE_URL: 'https://x.example',
    PLUGINS: ['a', './b'],
    EXECUTION_TIMEOUT: 300
  })
})

t.test('one error lists every bad setting with the value seen', async t => {
  const message = problemsOf({
    PORT: 'http',
    QUEUE_LIMIT: '-1',
    LOG_LEVEL: 'loud',
    HTTP_ALLOW_PRIVATE: 'maybe',
    BASE_URL: 'ftp://x',
    BODY_LIMIT: '10MB',
    EXECUTION_TIMEOUT: '1.5'
  })
  for (const name of [
    'PORT',
    'QUEUE_LIMIT',
    'LOG_LEVEL',
    'HTTP_ALLOW_PRIVATE',
    'BASE_URL',
    'BODY_LIMIT',
    'EXECUTION_TIMEOUT'
  ]) {
    t.match(message, `- ${name} must be`)
  }
  t.match(message, '(it is "http")')
})

t.test(
  'BASE_PATH is the top or a plain path, and BASE_URL ends with it or with its host',
  async t => {
    for (const [text, value] of [
      ['', ''],
      ['/', ''],
      ['/moonlet', '/moonlet'],
      ['/moonlet/', '/moonlet'],
      ['/a.b/c-d_~1', '/a.b/c-d_~1'],
      ['/...', '/...']
    ] as const) {
      t.equal(loadConfig({ BASE_PATH: text }).BASE_PATH, value)
    }
    for (const text of [
      'moonlet',
      '//',
      '/a//b',
      '/..',
      '/a/../b',
      '/./a',
      '/a?b',
      '/a#b',
      '/a b',
      '/%6D',
      '/ä',
      '/a;b',
      '/a"b',
      '\\a',
      'https://x.example/a'
    ]) {
      const message = problemsOf({ BASE_PATH: text })
      t.match(message, `- BASE_PATH must be / or a path such as /moonlet`)
      t.match(message, `(it is ${JSON.stringify(text)})`)
    }
    for (const BASE_URL of [
      'https://x.example',
      'https://x.example/a/',
      'https://X.example:8443/a'
    ]) {
      t.doesNotThrow(() => loadConfig({ BASE_URL, BASE_PATH: '/a' }), BASE_URL)
    }
    for (const BASE_URL of [
      'https://x.example/b',
      'https://x.example/a/b',
      'https://x.example/?a'
    ]) {
      t.match(
        problemsOf({ BASE_URL, BASE_PATH: '/a' }),
        '- BASE_URL must end with its host, or with'
      )
    }
    t.doesNotThrow(
      () => loadConfig({ BASE_URL: 'https://x.example/b' }),
      'as ever without BASE_PATH'
    )
  }
)

t.test('a name that looks like a misspelt setting is refused', async t => {
  t.match(
    problemsOf({ SANDBOX_MEMORY: '64' }),
    'SANDBOX_MEMORY is no setting; did you mean SANDBOX_MEMORY_MB?'
  )
  t.match(problemsOf({ DATADIR: 'x', QUEUE_TIMOUT: '3' }), /QUEUE_TIMEOUT/)
  t.match(problemsOf({ BODY_LIMITS: '3' }), /BODY_LIMIT\?/)
})

t.test('variables of other programs are left alone', async t => {
  t.doesNotThrow(() =>
    loadConfig({
      HOME: '/x',
      PATH: '/bin',
      HOSTNAME: 'h',
      PORTAGE: '1',
      POST: '1',
      NODE_ENV: 'production',
      LOGNAME: 'me',
      TZ: 'UTC',
      TERM: 'x',
      LOG_FILE: 'y'
    })
  )
})

t.test('a bad API key is refused without showing it', async t => {
  const message = problemsOf({ API_KEY: 'two words' })
  t.match(message, 'API_KEY must not contain blanks')
  t.notMatch(message, 'two words')
})
