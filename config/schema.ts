/**
 * Every setting, declared once. The README's table, the start-up check and the `Config` type are made from
 * this list. A setting is an environment variable of the same name.
 */
import { defaultBusyMax, defaultPoolBytes, defaultSandboxMax } from './machine.js'
import { basePath, baseUrl, functionsAddress, mailAddress, smtpUrl } from './address-settings.js'
import { databaseAddress } from './database-url.js'
import { parseSecretKey } from './secret-key.js'
import {
  boolean,
  bytes,
  integer,
  list,
  oneOf,
  optionalText,
  SettingProblem,
  text,
  type Setting
} from './setting.js'
import { trustedProxies } from './trusted-proxies.js'
import { workerCount } from './worker-count.js'

const TEBIBYTE = 1024 ** 4

export const settings = {
  PORT: integer({
    min: 0,
    max: 65535,
    fallback: 3000,
    doc: 'Port to listen on; 0 takes a free one'
  }),
  HOST: text({ fallback: '0.0.0.0', doc: 'Address to listen on' }),
  DATA_DIR: text({
    fallback: './data',
    doc: 'Folder of the database and the key file; created if absent'
  }),
  DATABASE_URL: databaseAddress({
    doc:
      'PostgreSQL database to use instead of a file in `DATA_DIR`, such as ' +
      '`postgres://user:password@db.example.org/moonlet`; needs `SECRET_KEY` and `API_KEY`'
  }),
  DATABASE_POOL: integer({
    min: 3,
    max: 1000,
    fallback: 10,
    doc: 'Connections to PostgreSQL at most, beside one that listens'
  }),
  DATABASE_WAIT: integer({
    min: 1,
    max: 300,
    fallback: 5,
    unit: 'seconds',
    doc: 'How long calls wait while PostgreSQL is away; then the response is 503'
  }),
  WORKERS: workerCount({
    doc:
      'Servers on the port, each a process on a core of its own; `auto` means as many as there are cores. More than ' +
      'one needs `DATABASE_URL`; limits on sandboxes, queue, jobs, bytes and connections are divided among them'
  }),
  EXECUTION_TIMEOUT: integer({
    min: 0,
    max: 86400,
    fallback: 300,
    unit: 'seconds',
    zero: 300,
    doc: 'Longest run of a function; 0 means the default'
  }),
  API_KEY: optionalText({
    secret: true,
    doc:
      'Key of the management API and the dashboard; unset: read from `api_key.txt` in the data ' +
      'folder, made at the first start'
  }),
  SECRET_KEY: secretKey({
    doc:
      'Key that encrypts environment variables at rest: 32 bytes as 64 hex digits or base64; ' +
      'unset: read from `secret.key` in the data folder, made at the first start'
  }),
  SECRET_KEY_NEW: secretKey({
    doc:
      'Key that `moonlet rotate-secrets` puts in the place of `SECRET_KEY` in a database on PostgreSQL; ' +
      'nothing else reads it'
  }),
  BASE_URL: baseUrl({ doc: 'Public address of this server, for `ctx.baseUrl` and `router.url`' }),
  BASE_PATH: basePath({
    doc:
      'Path that everything lives below, such as `/moonlet`, behind a proxy that passes it on; functions on a ' +
      '`FUNCTIONS_HOST` have none'
  }),
  FUNCTIONS_HOST: functionsAddress({
    doc:
      'Serve functions only here, apart from dashboard and API: a host name ' +
      '(`functions.example.org`) or a port (`:3001`)'
  }),
  BODY_LIMIT: bytes({
    min: 1024,
    max: 1024 ** 3,
    fallback: 10 * 1024 ** 2,
    doc: 'Largest request body'
  }),
  RESPONSE_LIMIT: bytes({
    min: 1024,
    max: 1024 ** 3,
    fallback: 10 * 1024 ** 2,
    doc: 'Largest answer of a function, a streamed one as a whole, and of a server that a function calls'
  }),
  EVENT_LIMIT: bytes({
    min: 1024,
    max: 1024 ** 2,
    fallback: 64 * 1024,
    doc: 'What is stored of the body of an event; beyond, it is cut, with its size and hash'
  }),
  BUFFERED_BYTES_MAX: bytes({
    min: 1024 ** 2,
    max: 1024 ** 4,
    fallback: 128 * 1024 ** 2,
    doc:
      'Bytes of request bodies and of large responses that the server holds in memory, over all ' +
      'connections, and for one function never more than stays free beside it; beyond, the ' +
      'answer is 503. Twice `BODY_LIMIT` and twice `RESPONSE_LIMIT` are the least, whatever is ' +
      'set'
  }),
  REQUEST_TIMEOUT: integer({
    min: 1,
    max: 3600,
    fallback: 60,
    unit: 'seconds',
    doc:
      'Longest time for the head of a request to arrive, and for its body; then the response is ' +
      '408. A connection that takes nothing of a response for so long is closed'
  }),
  HISTORY_LIMIT: bytes({
    min: 1024 ** 2,
    max: TEBIBYTE,
    fallback: 2 * 1024 ** 3,
    doc: 'Room for the history of all functions (executions, logs, requests); beyond, the oldest is deleted'
  }),
  HISTORY_LIMIT_PER_FUNCTION: bytes({
    min: 1024 ** 2,
    max: TEBIBYTE,
    fallback: 512 * 1024 ** 2,
    doc: 'The same for each function'
  }),
  KV_LIMIT: bytes({
    min: 1024 ** 2,
    max: TEBIBYTE,
    fallback: 1024 ** 3,
    doc: 'Room for the stored values of all functions; beyond, writes are refused'
  }),
  KV_LIMIT_PER_FUNCTION: bytes({
    min: 1024,
    max: TEBIBYTE,
    fallback: 64 * 1024 ** 2,
    doc: 'The same for each function, and for the store that all share'
  }),
  JOBS_MAX: integer({
    min: 1,
    max: 1024,
    fallback: Math.min(64, Math.floor(defaultSandboxMax() / 2)),
    defaultText: 'half of `SANDBOX_MAX`, at most 64',
    doc: 'Jobs that run at once; always fewer than `SANDBOX_MAX`'
  }),
  JOBS_LIMIT: bytes({
    min: 1024 ** 2,
    max: TEBIBYTE,
    fallback: 1024 ** 3,
    doc:
      'Room for the events of jobs that wait, half of it for one function; beyond, new ones are refused. Finished ' +
      'jobs have as much again; beyond, the oldest that succeeded are deleted'
  }),
  JOBS_WAITING: integer({
    min: 1,
    max: 100_000_000,
    fallback: 200_000,
    doc: 'Jobs of one function that may wait; beyond, new ones are refused with a 503'
  }),
  JOBS_SYNC: oneOf({
    of: ['normal', 'full'],
    fallback: 'normal',
    doc:
      'What an acknowledged job survives: `normal` the death of the server, `full` also a loss of power ' +
      '(the answer then waits for the disk)'
  }),
  JOBS_RETENTION_DAYS: integer({
    min: 1,
    max: 3650,
    fallback: 30,
    unit: 'days',
    doc: 'How long finished jobs are kept, dead ones too'
  }),
  SANDBOX_MAX: integer({
    min: 1,
    max: 16_384,
    fallback: defaultSandboxMax(),
    defaultText: 'from memory, at least 8',
    doc: 'Sandbox processes at once, busy or idle'
  }),
  SANDBOX_BUSY_MAX: integer({
    min: 1,
    max: 16_384,
    fallback: defaultBusyMax(),
    defaultText: 'from cores and memory, at least 8',
    doc:
      'Of these, the ones whose runs compute at once; runs that wait (asleep, for a server, for ' +
      'another function) do not count'
  }),
  SANDBOX_POOL_MEMORY: bytes({
    min: 64 * 1024 ** 2,
    max: TEBIBYTE,
    fallback: defaultPoolBytes(),
    defaultText: 'half of the memory',
    doc:
      'Memory that sandbox processes hold together, as measured: idle ones stay while it lasts. ' +
      'Beyond, or when the machine or container runs short, those that are called least for what ' +
      'they hold are ended, and no more are started than that makes room for'
  }),
  SANDBOX_MEMORY_MB: integer({
    min: 32,
    max: 4096,
    fallback: 128,
    unit: 'MiB',
    doc: 'Memory of one sandbox process'
  }),
  SANDBOX_MAX_INVOCATIONS: integer({
    min: 1,
    max: 1_000_000_000,
    fallback: 50_000,
    doc: 'Runs after which a sandbox process is replaced; 1 gives every run a process of its own'
  }),
  SANDBOX_IDLE_SECONDS: integer({
    min: 1,
    max: 86400,
    fallback: 60,
    unit: 'seconds',
    doc: 'Idle time after which a sandbox process is ended'
  }),
  QUEUE_LIMIT: integer({
    min: 0,
    max: 1_000_000,
    fallback: 1000,
    doc: 'Calls that may wait for a sandbox; beyond, the response is 503'
  }),
  QUEUE_TIMEOUT: integer({
    min: 1,
    max: 3600,
    fallback: 30,
    unit: 'seconds',
    doc: 'Longest wait of a call for a sandbox; beyond, the response is 503'
  }),
  TRUST_PROXY: trustedProxies({
    doc:
      'Believe `X-Forwarded-For` and the like, so that limits of the login and sessions know the ' +
      "client behind a proxy: `true` from whoever connects, or the proxies' addresses and " +
      'networks (`127.0.0.1, 10.0.0.0/8`)'
  }),
  HTTP_ALLOW_PRIVATE: boolean({
    fallback: false,
    doc: 'Let functions call loopback, private and link-local addresses'
  }),
  SMTP_URL: smtpUrl({
    doc:
      'Mail server for alerts, such as `smtps://user:password@mail.example.org` or ' +
      '`smtp://mail.example.org:587`'
  }),
  MAIL_FROM: mailAddress({
    doc: 'Sender of mail, such as `Moonlet <moonlet@example.org>`; needed with `SMTP_URL`'
  }),
  LOG_LEVEL: oneOf({
    of: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    fallback: 'info',
    doc: "Least level of the server's own log"
  }),
  PLUGINS: list({
    doc: 'Plugins besides those in `DATA_DIR/plugins`: packages or paths, separated by commas'
  })
} as const

type Settings = typeof settings
/** All settings, valid and frozen; names as in the environment. */
export type Config = {
  readonly [K in keyof Settings]: Settings[K] extends Setting<infer T> ? T : never
}

function secretKey({ doc }: { doc: string }): Setting<Uint8Array | undefined> {
  return {
    doc,
    defaultText: '',
    secret: true,
    read(text) {
      if (text === undefined) return undefined
      const key = parseSecretKey(text)
      if (key === undefined) {
        throw new SettingProblem(
          'must be 32 bytes as 64 hex digits or base64, such as `openssl rand -hex 32` prints'
        )
      }
      return key
    }
  }
}
