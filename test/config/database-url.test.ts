import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseDatabaseUrl, showHost } from '../../config/database-url.js'
import { temporaryFolder } from '../helpers/build.js'

const hostsOf = (url: string): string[] => parseDatabaseUrl(url).hosts.map(showHost)

t.test('hosts are names, addresses and sockets, one or several', t => {
  const cases: readonly [url: string, hosts: string[]][] = [
    ['postgres://db.example.org/x', ['db.example.org:5432']],
    ['postgresql://u@db:6000/x', ['db:6000']],
    ['postgres://[::1]/x', ['[::1]:5432']],
    ['postgres://u:p@[fe80::1]:6000,db/x', ['[fe80::1]:6000', 'db:5432']],
    ['postgres://one,two:6000,three/x?port=7000', ['one:7000', 'two:6000', 'three:7000']],
    ['postgres:///x?host=one,two&port=1,2', ['one:1', 'two:2']],
    ['postgres:///x?host=/run/postgresql', ['/run/postgresql/.s.PGSQL.5432']],
    ['postgres://u@%2Frun%2Fpostgresql:6000/x', ['/run/postgresql/.s.PGSQL.6000']],
    ['postgres:///x', ['localhost:5432']]
  ]
  for (const [url, hosts] of cases) t.same(hostsOf(url), hosts, url)
  t.equal(parseDatabaseUrl('postgres://one,two/x').needsPrimary, true)
  t.equal(parseDatabaseUrl('postgres://one/x').needsPrimary, false)
  t.equal(parseDatabaseUrl('postgres://one/x?target_session_attrs=primary').needsPrimary, true)
  t.end()
})

t.test('user, password and database are what they were before they were encoded', t => {
  const odd = `p@ss:w/o?r#d %+é'"\\`
  const text = encodeURIComponent(odd)
  t.match(parseDatabaseUrl(`postgres://${text}:${text}@db/${text}`), {
    user: odd,
    password: odd,
    database: odd
  })
  t.match(parseDatabaseUrl(`postgres://db?user=${text}&password=${text}&dbname=${text}`), {
    user: odd,
    password: odd,
    database: odd
  })
  t.equal(parseDatabaseUrl('postgres://db/x?password=a+b').password, 'a+b', 'as for libpq')
  t.equal(parseDatabaseUrl('postgres://u:@db/x').password, '', 'an empty one is one')
  t.equal(parseDatabaseUrl('postgres://u:a#b@db/x').password, 'a#b', 'a # is one')
  t.equal(parseDatabaseUrl('postgres://u@db').database, 'u', 'named like the user')
  t.equal(parseDatabaseUrl(' postgres://u@db/x\n').database, 'x')
  t.end()
})

t.test('without a password in it, the one of PGPASSWORD counts', t => {
  const before = process.env.PGPASSWORD
  t.teardown(() => {
    if (before === undefined) delete process.env.PGPASSWORD
    else process.env.PGPASSWORD = before
  })
  process.env.PGPASSWORD = 'from outside'
  const passwordOf = (url: string) => parseDatabaseUrl(url).password
  t.equal(passwordOf('postgres://u@db/x'), 'from outside')
  t.equal(passwordOf('postgres://u:own@db/x'), 'own')
  t.equal(passwordOf('postgres://u@db/x?password=own'), 'own')
  t.equal(passwordOf('postgres://u:@db/x'), '', 'an empty one is one')
  delete process.env.PGPASSWORD
  t.equal(passwordOf('postgres://u@db/x'), undefined)
  t.end()
})

t.test('an address that is none is refused, and nothing of a password is shown', t => {
  const form = /must be the address of a PostgreSQL database/
  const host = /has a host that is not of the form name, name:port or \[address\]:port/
  const name = /has an @ in the name of the database/
  const cases: readonly [url: string, why: RegExp][] = [
    ['host=localhost dbname=x', form],
    ['https://u:hidden@db/x', form],
    ['postgres://u:hid@den@db/x', host],
    ['postgres://u:hid/den@db/x', name],
    ['postgres://u:12/den@db/x', name],
    ['postgres://u:1?den@db/x', /has a parameter that is not of the form name=value/],
    ['postgres://db/x?hidden', /has a parameter that is not of the form name=value/],
    ['postgres://::1/x', host],
    ['postgres://db:99999/x', host],
    ['postgres://db:/x', host],
    ['postgres://db/x?port=many', host],
    ['postgres://db/%zz', /has a % that is not followed by two hex digits/],
    ['postgres://u:hidden%00@db/x', /has %00 in it/],
    [
      'postgres://db/x?options=-c%20x',
      /has the parameter options, which is none of host, port, user/
    ],
    ['postgres://db/x?connect_timeout=3', /has the parameter connect_timeout, which is none of/],
    ['postgres://db/x?sslmode=off', /has an sslmode that is none of disable, allow, prefer, /],
    [
      'postgres://db/x?target_session_attrs=standby',
      /has a target_session_attrs that is none of any/
    ]
  ]
  for (const [url, why] of cases) {
    t.throws(() => parseDatabaseUrl(url), { message: why }, url)
    try {
      parseDatabaseUrl(url)
    } catch (error) {
      t.notMatch(String(error), /hid|den@/)
    }
  }
  t.end()
})

t.test('files of certificates are read, and looked into, with the settings', async t => {
  const file = join(await temporaryFolder(t), 'x.pem')
  await writeFile(file, 'nothing\n')
  const cases: readonly [query: string, why: RegExp][] = [
    ['sslrootcert=/nope', /names a file as sslrootcert that cannot be read: ENOENT/],
    [`sslrootcert=${file}`, /names a file as sslrootcert that is no certificate \(PEM\): .*x\.pem/],
    ['sslmode=verify-ca', /sslmode=verify-ca without sslrootcert/],
    ['sslmode=require&sslrootcert=system', /sslrootcert=system, which goes with .*verify-full/],
    [`sslcert=${file}`, /has one of sslcert and sslkey without the other/],
    [`sslkey=${file}`, /has one of sslcert and sslkey without the other/],
    [`sslcert=${file}&sslkey=/nope`, /names a file as sslkey that cannot be read/],
    [`sslcert=${file}&sslkey=${file}`, /as sslcert and sslkey that are no certificate and its key/]
  ]
  for (const [query, why] of cases) {
    t.throws(() => parseDatabaseUrl(`postgres://db/x?${query}`), { message: why }, query)
  }
  t.match(parseDatabaseUrl('postgres://db/x'), { sslMode: 'prefer', certificates: {} })
})
