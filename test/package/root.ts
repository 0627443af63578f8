/** A bare Debian root: no Node.js, no npm, no compiler. What happens in it happens behind chroot. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** The oldest Debian that Moonlet runs on. Its essential packages, the C++ library, and what unpacks archives. */
const SUITE = 'bookworm'
const PACKAGES = 'libstdc++6,xz-utils'

/** What the tests, and `tools` beside, need of this machine; undefined when all is there, else a sentence. */
export function whatIsMissing(tools: readonly string[]): string | undefined {
  const missing = ['mmdebstrap', 'unshare', 'chroot', ...tools].filter(
    tool => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0
  )
  if (missing.length > 0) return `${missing.join(', ')} is not installed`
  if (process.getuid?.() !== 0) return 'a root of its own needs the rights of root'
  if (spawnSync('unshare', ['--mount', 'true']).status !== 0) {
    return 'no mount namespace can be made'
  }
  return undefined
}

/** Made once and kept for the next run: mostly it is waited for Debian's servers. */
export async function findTarball(): Promise<string> {
  const file = join(tmpdir(), `moonlet-root-${SUITE}-${process.arch}.tar`)
  const isThere = await access(file).then(
    () => true,
    () => false
  )
  if (!isThere) {
    await execa('mmdebstrap', [
      '--quiet',
      '--variant=essential',
      `--include=${PACKAGES}`,
      SUITE,
      `${file}.part.tar`
    ])
    await rename(`${file}.part.tar`, file)
  }
  return file
}

export interface Root {
  readonly folder: string
  /** A file of the root as this machine sees it. */
  readonly path: (file: string) => string
  /** Starts a program in the root, with a clean environment and what is given. */
  readonly start: (command: readonly string[], env?: Record<string, string>) => ChildProcess
  /** Runs a shell's script in the root; gives what it printed, and rejects when it fails. */
  readonly run: (script: string, env?: Record<string, string>) => Promise<string>
  readonly remove: () => Promise<void>
}

/** The mounts are in a namespace of the program alone, and end with it. */
const ENTER = 'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" "$@"'

export async function createRoot(): Promise<Root> {
  const tarball = await findTarball()
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-root-'))
  await execa('tar', ['xf', tarball, '-C', folder])
  await mkdir(join(folder, 'root'), { recursive: true })
  const options = (env: Record<string, string>) => ({
    env: {
      PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      LC_ALL: 'C',
      ...env
    }
  })
  const enter = (command: readonly string[]) =>
    ['--mount', '--propagation', 'private', 'sh', '-ec', ENTER, folder, ...command] as const
  return {
    folder,
    path: file => join(folder, file),
    start: (command, env = {}) =>
      spawn('unshare', enter(command), { ...options(env), stdio: ['ignore', 'pipe', 'pipe'] }),
    run: async (script, env = {}) => {
      const { stdout } = await execa('unshare', enter(['sh', '-ec', script]), {
        ...options(env),
        extendEnv: false
      })
      return stdout
    },
    remove: () => rm(folder, { recursive: true, force: true })
  }
}
