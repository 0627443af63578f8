/** How the connections to PostgreSQL are secured: `sslmode` and the files that the address names, as libpq has them. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SettingProblem } from './setting.js'

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

export const tlsParameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'] as const
type Asked = Readonly<Partial<Record<(typeof tlsParameters)[number], string>>>

/** As `node:tls` takes them. */
export interface Certificates {
  /** Of the authorities that the server's certificate may be of; if not given, those that Node.js brings along. */
  readonly ca?: string | readonly string[]
  /** What Moonlet shows a server that asks for one. */
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
}

export interface DatabaseTls {
  readonly sslMode: SslMode
  readonly certificates: Certificates
}

/** In the place of a file: what this system trusts. */
const SYSTEM = 'system'

/** Throws a SettingProblem for a file that cannot be read or used. */
export function readTls(asked: Asked): DatabaseTls {
  const sslMode = readMode(asked)
  const { sslrootcert, sslcert, sslkey, sslpassword } = asked
  if (sslMode === 'verify-ca' && sslrootcert === undefined) {
    throw new SettingProblem(
      'has sslmode=verify-ca without sslrootcert, which names the file of the authority: add it, or say verify-full'
    )
  }
  if ((sslcert === undefined) !== (sslkey === undefined)) {
    throw new SettingProblem('has one of sslcert and sslkey without the other')
  }
  const own =
    sslcert === undefined || sslkey === undefined
      ? {}
      : readOwn({ sslcert, sslkey, passphrase: sslpassword })
  return {
    sslMode,
    certificates: {
      ...(sslrootcert === undefined ? {} : { ca: readAuthorities(sslrootcert) }),
      ...own
    }
  }
}

function readMode({ sslmode, sslrootcert }: Asked): SslMode {
  const isOfSystem = sslrootcert === SYSTEM
  const asked = sslmode ?? (isOfSystem ? 'verify-full' : 'prefer')
  const known = sslModes.find(one => one === asked)
  if (known === undefined) {
    throw new SettingProblem(`has an sslmode that is none of ${sslModes.join(', ')}`)
  }
  if (isOfSystem && known !== 'verify-full') {
    // Anybody gets a certificate of a public authority, for some name.
    throw new SettingProblem('has sslrootcert=system, which goes with sslmode=verify-full alone')
  }
  return known
}

function readAuthorities(file: string): string | readonly string[] {
  if (file === SYSTEM) {
    const found = loadTls().getCACertificates('system')
    if (found.length > 0) return found
    throw new SettingProblem(
      'has sslrootcert=system, and this system trusts no authority (Debian: install ca-certificates)'
    )
  }
  const text = readFile('sslrootcert', file)
  try {
    // What is no certificate would count as no authority, and that as a server that is not to be trusted.
    void new X509Certificate(text)
  } catch {
    throw new SettingProblem(`names a file as sslrootcert that is no certificate (PEM): ${file}`)
  }
  return text
}

function readOwn(names: { sslcert: string; sslkey: string; passphrase: string | undefined }) {
  const { sslcert, sslkey, passphrase } = names
  const own = {
    cert: readFile('sslcert', sslcert),
    key: readFile('sslkey', sslkey),
    ...(passphrase === undefined ? {} : { passphrase })
  }
  try {
    loadTls().createSecureContext(own)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const secret =
      passphrase === undefined && own.key.includes('ENCRYPTED') ? '; sslpassword opens the key' : ''
    throw new SettingProblem(
      `names files as sslcert and sslkey that are no certificate and its key (${why}${secret})`
    )
  }
  return own
}

/** Who uses none of this does not load it. */
const loadTls = () => process.getBuiltinModule('node:tls')

function readFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SettingProblem(`names a file as ${name} that cannot be read: ${why}`)
  }
}
