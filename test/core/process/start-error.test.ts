import t from 'tap'
import { MoonletError } from '../../../core/base/errors.js'
import { startError } from '../../../core/process/start-error.js'

const withCode = (code: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { code, ...more })

t.test('what people can do something about is one sentence without a stack', async t => {
  const cases: ReadonlyArray<readonly [unknown, RegExp]> = [
    [
      withCode('EADDRINUSE', '', { address: '::', port: 3000 }),
      /^Port 3000 of :: is in use; set PORT/
    ],
    [withCode('EACCES', '', { address: '::', port: 80 }), /^Port 80 needs more rights/],
    [
      withCode('EADDRNOTAVAIL', '', { address: '192.0.2.1', port: 80 }),
      /no address 192\.0\.2\.1; set HOST/
    ],
    [
      withCode('ERR_MODULE_NOT_FOUND', "Cannot find package 'fastify' imported from /x"),
      /fastify is missing.*npm ci/
    ],
    [
      withCode(
        'ERR_DLOPEN_FAILED',
        'libstdc++.so.6: cannot open shared object file: No such file or directory'
      ),
      /^The system's library libstdc\+\+\.so\.6 is missing/
    ],
    [
      withCode(
        'ERR_DLOPEN_FAILED',
        "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /x.node)"
      ),
      /no GLIBC_2\.38/
    ],
    [
      withCode(
        'ERR_DLOPEN_FAILED',
        'The module was compiled against a different Node.js version using\nNODE_MODULE_VERSION 115.'
      ),
      /^better-sqlite3 does not load in Node\.js v/
    ],
    [
      withCode('ERR_DLOPEN_FAILED', '/x/linux-x64.node: file too short'),
      /^better-sqlite3 does not load/
    ],
    [new MoonletError('DATA_IN_USE', 'Another Moonlet uses it.'), /^Another Moonlet uses it\.$/],
    [
      new MoonletError('STORAGE_FAILED', 'The database failed: x', {
        cause: withCode('ERR_DLOPEN_FAILED', 'libz.so.1: cannot open shared object file')
      }),
      /^The system's library libz\.so\.1 is missing/
    ],
    ['words', /^words$/]
  ]
  for (const [error, expected] of cases) t.match(startError(error), expected)
})

t.test('of what nobody has foreseen the place is told', async t => {
  t.match(startError(new TypeError('x is not a function')), /x is not a function\n +at /)
})
