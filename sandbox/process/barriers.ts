/**
 * Which barriers this machine can put around a sandbox process, found out once at start by trying them.
 * None of them is what makes Lua code harmless (it has no libraries to do harm with); each holds should the
 * one inside it fail.
 */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { execa } from 'execa'
import { environment, hasAddedEnvironment } from './spawn.js'

export interface Barriers {
  /** Path of prlimit, for: no core files, no writing of files, few descriptors, bounded memory. */
  readonly prlimit: string | undefined
  /** A network namespace without a network: 'own' when the server may make one, 'user' through a user namespace. */
  readonly network: 'own' | 'user' | false
  /**
   * setpriv: no way to gain rights, and death with the server ('basic'); of root also no capabilities ('full')
   * and, where that user can read what the process needs, another user ('nobody').
   */
  readonly privileges: 'nobody' | 'full' | 'basic' | false
  /** Path of setpriv, where it runs. */
  readonly setpriv: string | undefined
  /**
   * The command in front of Node, made of the barriers above, and of what empties the environment where it must. With
   * prlimit it also keeps the data segment below `dataBytes`; undefined: not bounded.
   */
  readonly toPrefix: (dataBytes?: number) => readonly string[]
  /** What is not up, in words for the log. */
  readonly missing: readonly string[]
}

/** A barrier must not be taken for missing because the machine is busy. */
const PROBE_LIMIT_MS = 60_000
const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']
const limits = ['--core=0', '--fsize=0', '--nofile=64']
const basic = ['--no-new-privs', '--pdeathsig', 'KILL']
const full = [...basic, '--bounding-set=-all', '--inh-caps=-all']
/** The user and group that own nothing, by the number that all Linux systems give them. */
const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', ...full]
const networkFlags = { own: ['--net'], user: ['--user', '--net'] }
const privilegeFlags = { nobody, full, basic }

/**
 * Tries each barrier by itself and gives those that are up, for a process that has to read `program`. Never
 * rejects: what cannot be tried is missing.
 */
export async function probeBarriers(program: string): Promise<Barriers> {
  const [prlimit, unshare, setpriv, env] = await Promise.all([
    find('prlimit'),
    find('unshare'),
    find('setpriv'),
    find('env')
  ])
  const [hasLimits, network, privileges, clearing] = await Promise.all([
    runs(prlimit, [...limits, 'true']),
    firstThatRuns(unshare, [
      ['own', [...networkFlags.own, 'true']],
      ['user', [...networkFlags.user, 'true']]
    ] as const),
    firstThatRuns(setpriv, [
      ['nobody', [...privilegeFlags.nobody, 'test', '-r', program, '-a', '-x', process.execPath]],
      ['full', [...privilegeFlags.full, 'true']],
      ['basic', [...privilegeFlags.basic, 'true']]
    ] as const),
    emptyEnvironment(env)
  ])
  return {
    prlimit: hasLimits ? prlimit : undefined,
    network,
    privileges,
    setpriv: privileges === false ? undefined : setpriv,
    toPrefix: dataBytes => [
      ...(network === false ? [] : [unshare as string, ...networkFlags[network]]),
      ...(hasLimits ? [prlimit as string, ...limits, ...toDataLimit(dataBytes)] : []),
      ...(privileges === false ? [] : [setpriv as string, ...privilegeFlags[privileges]]),
      ...clearing
    ],
    missing: [
      ...(hasLimits ? [] : ['memory and file limits (prlimit of util-linux cannot be run)']),
      ...(network === false
        ? [
            'an empty network namespace (unshare of util-linux cannot be run, or the kernel does not allow it)'
          ]
        : []),
      ...(privileges === false
        ? ['dropped privileges and death with the server (setpriv of util-linux cannot be run)']
        : [])
    ]
  }
}

const toDataLimit = (dataBytes: number | undefined): readonly string[] =>
  dataBytes === undefined ? [] : [`--data=${dataBytes}`]

/**
 * Keeps out whatever preloads itself into all children of the server. Where nothing does, it is not there: one program
 * less on the way to Node is 0.8 ms of each start.
 */
const emptyEnvironment = async (env: string | undefined): Promise<readonly string[]> =>
  env === undefined || !(await hasAddedEnvironment(env))
    ? []
    : [env, '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)]

/** No barrier but Node's own and the empty environment; for measuring. */
export async function bareBarriers(): Promise<Barriers> {
  const clearing = await emptyEnvironment(await find('env'))
  return {
    prlimit: undefined,
    network: false,
    privileges: false,
    setpriv: undefined,
    toPrefix: () => clearing,
    missing: []
  }
}

async function find(name: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined
  for (const folder of folders) {
    const path = `${folder}/${name}`
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false
      )
    ) {
      return path
    }
  }
  return undefined
}

async function runs(command: string | undefined, args: readonly string[]): Promise<boolean> {
  if (command === undefined) return false
  const { exitCode } = await execa(command, args, {
    env: {},
    extendEnv: false,
    stdio: 'ignore',
    reject: false,
    timeout: PROBE_LIMIT_MS
  })
  return exitCode === 0
}

async function firstThatRuns<const K extends string>(
  command: string | undefined,
  choices: ReadonlyArray<readonly [K, readonly string[]]>
): Promise<K | false> {
  for (const [name, args] of choices) {
    if (await runs(command, args)) return name
  }
  return false
}
