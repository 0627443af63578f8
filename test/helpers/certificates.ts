/** Certificates of an authority of a test's own, made by openssl. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Files, in PEM. */
export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

const filesOf = (folder: string, name: string): CertificateFiles => ({
  certificate: join(folder, `${name}.pem`),
  key: join(folder, `${name}.key`)
})

export async function createAuthority(folder: string, name: string): Promise<CertificateFiles> {
  const files = filesOf(folder, name)
  const to = ['-keyout', files.key, '-out', files.certificate]
  await run('openssl', ['req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`, ...to])
  return files
}

/** One for `subject`, and for hosts as `DNS:name` or `IP:address`; `days` before now it has run out. */
export async function issueCertificate(
  authority: CertificateFiles,
  folder: string,
  { subject, hosts = [], days = 2 }: { subject: string; hosts?: readonly string[]; days?: number }
): Promise<CertificateFiles> {
  const name = `${subject}-${days}`
  const files = filesOf(folder, name)
  const [request, extensions] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)]
  await run('openssl', [
    'req',
    ...NEW_KEY,
    ...['-subj', `/CN=${subject}`, '-keyout', files.key, '-out', request]
  ])
  await writeFile(extensions, hosts.length === 0 ? '' : `subjectAltName=${hosts.join()}\n`)
  await run('openssl', [
    ...['x509', '-req', '-in', request, '-CA', authority.certificate, '-CAkey', authority.key],
    ...['-set_serial', String(Date.now()), '-days', String(days), '-extfile', extensions],
    ...['-out', files.certificate]
  ])
  return files
}
