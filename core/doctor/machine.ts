/** What the machine gives: barriers around sandboxes, and a clock. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { maxOpenFiles, memoryBytes } from '../../config/machine.js'
import { probeBarriers } from '../../sandbox/process/barriers.js'
import { childProgram } from '../../sandbox/process/command.js'
import { findings, type Finding } from './finding.js'

export async function checkBarriers(): Promise<readonly Finding[]> {
  const { ok, warning } = findings('barriers')
  const { missing, privileges } = await probeBarriers(childProgram())
  if (missing.length === 0) {
    const user = privileges === 'nobody' ? ', each sandbox as a user that owns nothing' : ''
    return [ok(`All barriers around sandboxes are up${user}.`)]
  }
  return missing.map(barrier =>
    warning(
      `This machine cannot put up ${barrier}.`,
      'Install util-linux; for the network also allow user namespaces (user.max_user_namespaces), ' +
        'and in a container see "Isolation" in the README.'
    )
  )
}

const MIB = 1024 ** 2
/** The server holds some 150 MiB, and each sandbox 10 to 20. */
const SPARE_BYTES = 256 * MIB
/** Each connection takes one, each sandbox some more. */
const SPARE_FILES = 1024

/** What the machine, the container or the service lets Moonlet have. */
export function checkLimits(): readonly Finding[] {
  const { ok, warning } = findings('limits')
  const memory = `${Math.floor(memoryBytes() / MIB)} MiB of memory`
  const files = maxOpenFiles()
  const found = [
    ...(memoryBytes() < SPARE_BYTES
      ? [
          warning(
            `Moonlet may have only ${memory}.`,
            `Give it ${SPARE_BYTES / MIB} MiB or more (MemoryMax of the unit, the memory limit of the container).`
          )
        ]
      : []),
    ...(files !== undefined && files < SPARE_FILES
      ? [
          warning(
            `Only ${files} files and connections may be open at once.`,
            'Raise that limit (LimitNOFILE of the unit, --ulimit nofile of a container, ulimit -n).'
          )
        ]
      : [])
  ]
  const open = files === undefined ? 'any number of' : `${files}`
  return found.length > 0 ? found : [ok(`There are ${memory}, and ${open} files may be open.`)]
}

/** How far times of files may lie ahead of a clock that is right. */
const LEEWAY_MS = 60_000
const PATIENCE_MS = 5_000

/** Ids of executions begin with their time, and tokens, schedules and signatures go by the clock. */
export async function checkClock(dataFolder: string): Promise<Finding> {
  const { ok, warning, failed } = findings('clock')
  const now = Date.now()
  const newest = Math.max(...knownFiles(dataFolder).map(changedAt))
  const text = `It is ${new Date(now).toISOString()}`
  const remedy = 'Set the clock, and have it kept right: timedatectl set-ntp true'
  if (newest > now + LEEWAY_MS) {
    return failed(`${text}, but files are from ${new Date(newest).toISOString()}.`, remedy)
  }
  return (await isKept()) === false
    ? warning(`${text}, and nothing keeps the clock right.`, remedy)
    : ok(`${text}; time zone ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`)
}

const knownFiles = (dataFolder: string): readonly string[] => [
  fileURLToPath(import.meta.url),
  join(dataFolder, 'moonlet.db'),
  join(dataFolder, 'moonlet.db-wal')
]

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** What systemd says; undefined where it says nothing. */
async function isKept(): Promise<boolean | undefined> {
  const args = ['show', '--property=NTPSynchronized', '--value']
  const { exitCode, stdout } = await execa('timedatectl', args, {
    reject: false,
    timeout: PATIENCE_MS,
    stdin: 'ignore'
  })
  return exitCode === 0 && /^(yes|no)$/.test(stdout) ? stdout === 'yes' : undefined
}
