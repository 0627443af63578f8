/** The address of a PostgreSQL server, or of several of which one is the primary, as libpq writes it. */
import { readTls, tlsParameters, type DatabaseTls } from './database-tls.js'
import { SettingProblem, type Setting } from './setting.js'

export interface DatabaseHost {
  /** A name, an address, or the folder of a socket. */
  readonly host: string
  readonly port: number
}

const targets = ['any', 'read-write', 'primary'] as const

export interface DatabaseAddress extends DatabaseTls {
  /** Tried one after the other. */
  readonly hosts: readonly DatabaseHost[]
  readonly user: string
  /** That of PGPASSWORD where the address has none; undefined: none is sent. */
  readonly password: string | undefined
  readonly database: string
  /** A server that does not take writes is passed over. */
  readonly needsPrimary: boolean
  readonly applicationName: string
}

const form =
  /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/
const DEFAULT_PORT = 5432

const parameters = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  ...tlsParameters,
  'target_session_attrs',
  'application_name'
] as const
type Parameter = (typeof parameters)[number]

/** A setting whose value is never shown: it holds a password. */
export function databaseAddress({ doc }: { doc: string }): Setting<DatabaseAddress | undefined> {
  return {
    doc,
    defaultText: '',
    secret: true,
    read: text => (text === undefined ? undefined : parseDatabaseUrl(text))
  }
}

/** As people write it, in messages. */
export const showHost = ({ host, port }: DatabaseHost): string => {
  if (host.startsWith('/')) return `${host}/.s.PGSQL.${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Throws a SettingProblem. */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const match = form.exec(text.trim())
  if (match === null) {
    throw new SettingProblem(
      'must be the address of a PostgreSQL database, such as postgres://user:password@db.example.org/moonlet ' +
        '(signs of a password that mean something in an address as %40 and the like)'
    )
  }
  const [, user = '', password, hostList = '', path = ''] = match
  if (path.includes('@')) {
    throw new SettingProblem(
      'has an @ in the name of the database: signs of a password that mean something in an address as %40 and the like'
    )
  }
  const asked = readParameters(match[5] ?? '')
  const target = oneOf(targets, 'target_session_attrs', asked.target_session_attrs ?? 'any')
  const name = decode(user) || asked.user || process.env.USER || 'postgres'
  const hosts = readHosts(hostList === '' ? (asked.host ?? 'localhost') : hostList, asked.port)
  return {
    hosts,
    user: name,
    password:
      password === undefined ? (asked.password ?? process.env.PGPASSWORD) : decode(password),
    database: decode(path) || asked.dbname || name,
    ...readTls(asked),
    // Of several servers only the one that takes writes is of use.
    needsPrimary: target !== 'any' || hosts.length > 1,
    applicationName: asked.application_name ?? 'moonlet'
  }
}

function readParameters(query: string): Partial<Record<Parameter, string>> {
  const asked: Partial<Record<Parameter, string>> = {}
  for (const part of query.split('&')) {
    if (part === '') continue
    const [, name = '', value] = /^([a-z_]+)=([^]*)$/.exec(part) ?? []
    if (value === undefined) {
      // It is not shown: it may be the rest of a password.
      throw new SettingProblem('has a parameter that is not of the form name=value')
    }
    if (!(parameters as readonly string[]).includes(name)) {
      throw new SettingProblem(
        `has the parameter ${name}, which is none of ${parameters.join(', ')}`
      )
    }
    // A + is one, as for libpq.
    asked[name as Parameter] = decode(value)
  }
  return asked
}

function readHosts(list: string, ports: string | undefined): DatabaseHost[] {
  const given = ports?.split(',') ?? []
  return list.split(',').map((text, index) => {
    const [, v6, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(decode(text)) ?? []
    const host = v6 ?? plain
    const number = Number(port ?? given[index] ?? given[0] ?? DEFAULT_PORT)
    // An @ was one of the password.
    if (host === undefined || host.includes('@') || !(number >= 1 && number <= 65_535)) {
      throw new SettingProblem(
        'has a host that is not of the form name, name:port or [address]:port ' +
          '(signs of a password that mean something in an address as %40 and the like)'
      )
    }
    return { host: host === '' ? 'localhost' : host, port: number }
  })
}

function oneOf<const T extends string>(of: readonly T[], name: string, value: string): T {
  const known = of.find(one => one === value)
  if (known === undefined) {
    throw new SettingProblem(`has a ${name} that is none of ${of.join(', ')}`)
  }
  return known
}

function decode(text: string): string {
  try {
    const decoded = decodeURIComponent(text)
    if (!decoded.includes('\0')) return decoded
  } catch {
    throw new SettingProblem('has a % that is not followed by two hex digits')
  }
  throw new SettingProblem('has %00 in it, which is no sign of a text')
}
