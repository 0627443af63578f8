/** Connections that are secured, to a real PostgreSQL with certificates of an authority of its own. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { parseDatabaseUrl } from '../../../../config/database-url.js'
import { toStartFailure } from '../../../../plugins/storage/postgres/start-failure.js'
import { temporaryFolder } from '../../../helpers/build.js'
import {
  createAuthority,
  issueCertificate,
  type CertificateFiles
} from '../../../helpers/certificates.js'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, readRows, type Postgres } from '../../../helpers/postgres.js'
import { SECRET_KEY, startServer } from '../../../helpers/server.js'
import { openAt } from './open-postgres.js'

const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))

/** Whom the server lets in: always, by TLS alone, without it alone, with a password, with a certificate. */
const LINES = `
host all moonlet all trust
hostssl all secure all trust
hostnossl all plain all trust
hostssl all hashed all scram-sha-256
hostssl all certified all cert
`

interface Place {
  readonly postgres: Postgres
  readonly ca: string
  /** Of an authority that the server does not know. */
  readonly other: CertificateFiles
  readonly client: CertificateFiles
  readonly stranger: CertificateFiles
  /** Has the server show another certificate from now on. */
  show(certificate: CertificateFiles): Promise<void>
  readonly late: CertificateFiles
  readonly good: CertificateFiles
}

/** What comes of a connection: whether it is secured, and as whom; or why there is none, as a start says it. */
async function openAs(url: string): Promise<string> {
  const sql = 'select ssl, client_dn as dn from pg_stat_ssl where pid = pg_backend_pid()'
  try {
    const [row] = await readRows(url, sql)
    if (row?.['ssl'] !== true) return 'plain'
    return row['dn'] === null ? 'TLS' : `TLS as ${String(row['dn'])}`
  } catch (error) {
    return toStartFailure(error, parseDatabaseUrl(url)).message
  }
}

const address = ({ port }: Postgres, query: string, user = 'moonlet', host = 'localhost') =>
  `postgres://${user}@${host}:${port}/postgres?${query}`

async function secure(t: Test, postgres: Postgres): Promise<Place> {
  const folder = await temporaryFolder(t)
  const ca = await createAuthority(folder, 'authority')
  const other = await createAuthority(folder, 'other')
  const hosts = ['DNS:localhost']
  const good = await issueCertificate(ca, folder, { subject: 'server', hosts })
  const late = await issueCertificate(ca, folder, { subject: 'server', hosts, days: -1 })
  const client = await issueCertificate(ca, folder, { subject: 'certified' })
  const stranger = await issueCertificate(other, folder, { subject: 'certified', days: 1 })
  const data = join(postgres.folder, 'data')
  const owner = await stat(data)
  await chmod(folder, 0o755)
  for (const file of [ca.certificate, ...Object.values(good), ...Object.values(late)]) {
    await chown(file, owner.uid, owner.gid)
  }
  const set = (name: string, value: string) =>
    postgres.query(`alter system set ${name} = '${value}'`)
  const show = async ({ certificate, key }: CertificateFiles): Promise<void> => {
    await set('ssl_cert_file', certificate)
    await set('ssl_key_file', key)
    await postgres.stop()
    await postgres.start()
  }
  await set('ssl', 'on')
  await set('ssl_ca_file', ca.certificate)
  await writeFile(join(data, 'pg_hba.conf'), LINES)
  await postgres.query("create role hashed login password 'p@ss:/+ word'")
  for (const name of ['secure', 'plain', 'certified']) {
    await postgres.query(`create role ${name} login`)
  }
  await show(good)
  return { postgres, ca: ca.certificate, other, client, stranger, show, late, good }
}

async function run(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', API_KEY: 'k', DATABASE_WAIT: '1', ...settings },
    stdio: ['ignore', 'ignore', 'pipe']
  })
  const said = text(child.stderr)
  const [code] = (await once(child, 'exit')) as [number]
  return { code, said: await said }
}

await onPostgres(t, async postgres => {
  t.test('a server without TLS is taken, unless the address asks for it', async t => {
    for (const mode of ['disable', 'allow', 'prefer']) {
      t.equal(await openAs(address(postgres, `sslmode=${mode}`)), 'plain', mode)
    }
    const said = await openAs(address(postgres, 'sslmode=require'))
    t.match(said, /offers no TLS, which sslmode=require in DATABASE_URL demands\.$/)
  })

  t.test('with TLS', async t => {
    testSecured(t, await secure(t, postgres))
  })
})

function testSecured(t: Test, place: Place): void {
  const { postgres, ca, other, client, stranger } = place

  t.test('sslmode says whether a connection is secured, and who may be there', async t => {
    const unknown = /is of an authority \(.*\) which is none of sslrootcert/
    const root = `sslrootcert=${ca}`
    const cases: readonly [query: string, host: string, came: string | RegExp][] = [
      ['sslmode=disable', 'localhost', 'plain'],
      ['sslmode=allow', 'localhost', 'plain'],
      ['', 'localhost', 'TLS'],
      ['sslmode=require', 'localhost', 'TLS'],
      [`sslmode=require&${root}`, '127.0.0.1', 'TLS'],
      [`sslmode=require&sslrootcert=${other.certificate}`, 'localhost', unknown],
      [`sslmode=prefer&sslrootcert=${other.certificate}`, 'localhost', unknown],
      [`sslmode=verify-ca&${root}`, '127.0.0.1', 'TLS'],
      [`sslmode=verify-ca&sslrootcert=${other.certificate}`, 'localhost', unknown],
      [`sslmode=verify-full&${root}`, 'localhost', 'TLS'],
      [`sslmode=verify-full&${root}`, '127.0.0.1', /127\.0\.0\.1:\d+ is for localhost: name it so/],
      ['sslmode=verify-full', 'localhost', /which Node\.js does not know: .* as sslrootcert/]
    ]
    for (const [query, host, came] of cases) {
      const message = `${query.replaceAll(/=\/\S*\//g, '=')} at ${host}`
      const given = await openAs(address(postgres, query, 'moonlet', host))
      if (typeof came === 'string') t.equal(given, came, message)
      else t.match(given, came, message)
    }
  })

  t.test('where it is left open, the server is asked for what it lets in', async t => {
    t.equal(await openAs(address(postgres, 'sslmode=allow', 'secure')), 'TLS')
    t.equal(await openAs(address(postgres, 'sslmode=prefer', 'plain')), 'plain')
    const refused = await openAs(address(postgres, 'sslmode=disable', 'secure'))
    t.match(refused, /does not let "secure" in .*: ask for TLS by sslmode=require in DATABASE_URL/)
    const neither = await openAs(address(postgres, 'sslmode=require', 'plain'))
    t.match(neither, /does not let "plain" in .*: check DATABASE_URL and pg_hba\.conf\.$/)
  })

  t.test('a password goes to a server that takes it by TLS alone', async t => {
    const right = `hashed:${encodeURIComponent('p@ss:/+ word')}`
    for (const mode of ['allow', 'prefer', 'require']) {
      t.equal(await openAs(address(postgres, `sslmode=${mode}`, right)), 'TLS', mode)
    }
    t.match(await openAs(address(postgres, '', 'hashed:wrong')), /refuses the password of the user/)
    t.match(
      await openAs(address(postgres, '', 'hashed')),
      /asks for the password of the user "hashed", and DATABASE_URL has none\.$/
    )
  })

  t.test('a server that asks for a certificate is shown one', async t => {
    const own = ({ certificate, key }: CertificateFiles) =>
      `sslmode=verify-full&sslrootcert=${ca}&sslcert=${certificate}&sslkey=${key}`
    t.equal(await openAs(address(postgres, own(client), 'certified')), 'TLS as /CN=certified')
    const locked = { ...client, key: `${client.key}.locked` }
    const pass = ['-aes256', '-passout', 'pass:opens it']
    await promisify(execFile)('openssl', ['ec', '-in', client.key, '-out', locked.key, ...pass])
    const opened = `${own(locked)}&sslpassword=opens%20it`
    t.equal(await openAs(address(postgres, opened, 'certified')), 'TLS as /CN=certified')
    t.throws(() => parseDatabaseUrl(address(postgres, own(locked))), {
      message: /no certificate and its key \(.*; sslpassword opens the key\)/
    })
    t.match(
      await openAs(address(postgres, 'sslmode=require', 'certified')),
      /does not let "certified" in \(connection requires a valid client certificate\)/
    )
    t.match(
      await openAs(address(postgres, own(stranger), 'certified')),
      /does not take the certificate in sslcert of DATABASE_URL \(.*unknown ca\)/
    )
  })

  t.test('all connections of a server are secured, also those to the host after', async t => {
    // That host's certificate is for another name: it is passed over.
    const hosts = `127.0.0.1:${postgres.port},localhost:${postgres.port}`
    const url = `postgres://moonlet@${hosts}/postgres?sslmode=verify-full&sslrootcert=${ca}`
    const storage = await openAt(t, `${url}&application_name=secured`)
    const read = async () => {
      const rows = await readRows(
        postgres.url(),
        `select ssl, query like 'listen%' or query like '%from changes%' as listens
         from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'secured'`
      )
      return {
        isListening: rows.some(({ listens }) => listens === true),
        isSecured: rows.length > 1 && rows.every(({ ssl }) => ssl === true)
      }
    }
    const all = { isListening: true, isSecured: true }
    await eventually(t, read, all, 'one listens, and all are secured')
    await postgres.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'secured'"
    )
    await storage.probe()
    await eventually(t, read, all, 'so they are when they are opened again')
  })

  t.test('one sentence ends a start on a server that is not to be trusted', async t => {
    const DATA_DIR = await temporaryFolder(t)
    const server = await startServer(t, { DATA_DIR, SECRET_KEY })
    await server.stop()
    const from = ['migrate', '--dry-run', '--from', join(DATA_DIR, 'moonlet.db'), '--to']
    const root = `sslmode=verify-full&sslrootcert=${other.certificate}`
    const url = address(postgres, root, 'moonlet:hidden')
    const settings = { DATA_DIR, SECRET_KEY }
    const ends = await Promise.all([
      run(['serve'], { ...settings, DATABASE_URL: url }),
      run([...from, url], settings)
    ])
    for (const { code, said } of ends) {
      t.equal(code, 1)
      t.match(
        said,
        /^[^\n]*certificate of the database at localhost:\d+ is of an authority[^\n]*\n$/
      )
      t.notMatch(said, /hidden/)
    }
    // What this system trusts is in a file that OpenSSL finds by that variable.
    const trusted = await run([...from, address(postgres, 'sslrootcert=system')], {
      ...settings,
      SSL_CERT_FILE: ca
    })
    t.same(trusted, { code: 0, said: '' })
  })

  t.test('a certificate that has run out is refused by who looks at it', async t => {
    await place.show(place.late)
    t.equal(await openAs(address(postgres, 'sslmode=require')), 'TLS')
    const said = await openAs(address(postgres, `sslmode=verify-full&sslrootcert=${ca}`))
    t.match(said, /does not hold \(certificate has expired\): renew it there\.$/)
    await place.show(place.good)
  })
}
