/**
 * The Node.js that Moonlet runs on, for programs that an older one was told to start (`node dist/core/main.js`).
 *
 * Everything imported here must run on old versions too: what needs the runtime is imported by its caller afterwards.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What better-sqlite3 needs; and there must be Zstandard. find-runtime.sh holds others to the same. */
const NODE_API = 10

/** All that may be sent to a server and that can be caught. */
const forwarded = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
  'SIGWINCH'
] as const
/** A terminal sends these to the whole group of processes, so the new process has them already. */
const sentByTerminals: readonly string[] = ['SIGINT', 'SIGQUIT', 'SIGCONT', 'SIGWINCH']

const canRun = (): boolean => {
  const { napi, zstd }: NodeJS.Dict<string> = process.versions
  return Number(napi) >= NODE_API && zstd !== undefined
}

/**
 * Runs `start` here, or, where this Node.js is too old, this program once more with the runtime: with the same
 * arguments, flags, environment, inputs and outputs. Then this process passes signals on, ends as the other one
 * does, and takes it along when it is killed.
 */
export async function inRuntime(start: () => Promise<void>): Promise<void> {
  if (canRun()) return await start()
  const runtime = findRuntime()
  if (runtime === undefined) process.exit(1)
  const [command, ...args] = [
    ...dyingWithThisProcess(),
    runtime,
    ...process.execArgv,
    ...process.argv.slice(1)
  ]
  const child = spawn(command as string, args, { stdio: 'inherit' })
  forwardSignals(child)
  child.once('error', error => {
    process.stderr.write(`Moonlet could not start. ${runtime} does not run: ${error.message}\n`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => {
    endAs(code, signal)
  })
}

/** Undefined when there is none, which has been said then. */
function findRuntime(): string | undefined {
  const finder = fileURLToPath(new URL('../find-runtime.sh', import.meta.url))
  const { status, stdout } = spawnSync('/bin/sh', [finder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit']
  })
  return status === 0 ? stdout.trimEnd() : undefined
}

/** The command that makes the kernel end a process with this one, which may be killed without a word. */
function dyingWithThisProcess(): readonly string[] {
  const command = ['setpriv', '--pdeathsig', 'KILL']
  return spawnSync('setpriv', [...command.slice(1), 'true'], { stdio: 'ignore' }).status === 0
    ? command
    : []
}

function forwardSignals(child: ChildProcess): void {
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of forwarded) {
    process.on(signal, () => {
      if (!onTerminal || !sentByTerminals.includes(signal)) child.kill(signal)
    })
  }
}

function endAs(code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // A signal that this process ignores leaves it alive: a shell's code for it is what remains.
  process.exitCode = 128 + constants.signals[signal]
}
