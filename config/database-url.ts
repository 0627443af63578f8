/** The address of a PostgreSQL server, or of several of which one is the primary, as libpq writes it. */
import { readFileSync } from 'node:fs'
import { SettingProblem, type Setting } from './setting.js'

export interface DatabaseHost {
  /** A name, an address, or the folder of a socket. */
  readonly host: string
  readonly port: number
}

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

const targets = ['any', 'read-write', 'primary'] as const

export interface DatabaseAddress {
  /** Tried one after the other. */
  readonly hosts: readonly DatabaseHost[]
  readonly user: string
  /** undefined: none is sent, unless PGPASSWORD says one. */
  readonly password: string | undefined
  readonly database: string
  readonly sslMode: SslMode
  /** PEM. */
  readonly certificates: { readonly ca?: string; readonly cert?: string; readonly key?: string }
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
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
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
  const asked = readParameters(match[5] ?? '')
  const sslMode = oneOf(sslModes, 'sslmode', asked.sslmode ?? 'prefer')
  const target = oneOf(targets, 'target_session_attrs', asked.target_session_attrs ?? 'any')
  const name = decode(user) || asked.user || process.env['USER'] || 'postgres'
  const hosts = readHosts(hostList === '' ? (asked.host ?? 'localhost') : hostList, asked.port)
  return {
    hosts,
    user: name,
    password: password === undefined ? asked.password : decode(password),
    database: decode(path) || asked.dbname || name,
    sslMode,
    certificates: readCertificates(asked),
    // Of several servers only the one that takes writes is of use.
    needsPrimary: target !== 'any' || hosts.length > 1,
    applicationName: asked.application_name ?? 'moonlet'
  }
}

function readParameters(query: string): Partial<Record<Parameter, string>> {
  const asked: Partial<Record<Parameter, string>> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (!(parameters as readonly string[]).includes(name)) {
      throw new SettingProblem(
        `has the parameter ${name}, which is none of ${parameters.join(', ')}`
      )
    }
    asked[name as Parameter] = value
  }
  return asked
}

function readHosts(list: string, ports: string | undefined): DatabaseHost[] {
  const given = ports?.split(',') ?? []
  return list.split(',').map((text, index) => {
    const [, v6, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(decode(text)) ?? []
    const host = v6 ?? plain
    const number = Number(port ?? given[index] ?? given[0] ?? DEFAULT_PORT)
    if (host === undefined || !(number >= 1 && number <= 65_535)) {
      throw new SettingProblem(
        'has a host that is not of the form name, name:port or [address]:port'
      )
    }
    return { host: host === '' ? 'localhost' : host, port: number }
  })
}

function readCertificates({ sslrootcert, sslcert, sslkey }: Partial<Record<Parameter, string>>) {
  const read = (name: string, file: string | undefined): string | undefined => {
    if (file === undefined || file === 'system') return undefined
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new SettingProblem(`names a file as ${name} that cannot be read: ${String(error)}`)
    }
  }
  const [ca, cert, key] = [
    read('sslrootcert', sslrootcert),
    read('sslcert', sslcert),
    read('sslkey', sslkey)
  ]
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key })
  }
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
    return decodeURIComponent(text)
  } catch {
    throw new SettingProblem('has a % that is not followed by two hex digits')
  }
}
