/** Has plugins tried by trial-program.ts, as the user whose server will run them, and ends it when it hangs. */
import { fork, type ChildProcess } from 'node:child_process'
import { chown, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Trial, TrialMessage, TrialResult, TriedPlugin } from './trial-report.js'

const program = fileURLToPath(new URL('./trial-program.js', import.meta.url))

/** So long nothing else happens in a server that a plugin keeps busy: then it is no server any more. */
const PATIENCE_MS = 20_000
/** Of what the process wrote when it died. */
const SAID = 2_000

export interface TrialOptions {
  readonly plugins: readonly TriedPlugin[]
  readonly dataFolder: string
  /** Whether they are started, too. */
  readonly start: boolean
  readonly patienceMs?: number
}

/** Never rejects for what plugins do: a plugin that hangs or ends the process has that as its problem. */
export async function tryPlugins({
  plugins,
  dataFolder,
  start,
  patienceMs = PATIENCE_MS
}: TrialOptions): Promise<TrialResult> {
  if (plugins.length === 0) return { plugins: [] }
  const user = await userOf(dataFolder)
  const scratch = await mkdtemp(join(tmpdir(), 'moonlet-trial-'))
  try {
    if (user !== undefined) await chown(scratch, user.uid, user.gid)
    const child = fork(program, {
      ...user,
      cwd: scratch,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    const trial = { plugins, folder: process.cwd(), scratch: start ? scratch : undefined }
    return await follow(child, trial, patienceMs)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Root runs no code of plugins for a server that is not root's. Undefined: this user. */
async function userOf(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.geteuid?.() !== 0) return undefined
  const { uid, gid } = await stat(folder).catch(() => ({ uid: 0, gid: 0 }))
  return uid === 0 ? undefined : { uid, gid }
}

async function follow(child: ChildProcess, trial: Trial, patienceMs: number): Promise<TrialResult> {
  let at: string | undefined
  let said = ''
  let isHung = false
  const giveUp = setTimeout(() => {
    isHung = true
    child.kill('SIGKILL')
  }, patienceMs)
  child.stderr?.on('data', (bytes: Buffer) => {
    said = `${said}${bytes.toString()}`.slice(-SAID)
  })
  const result = await new Promise<TrialResult | string>(resolve => {
    child.on('message', (message: TrialMessage) => {
      giveUp.refresh()
      if (message.kind === 'at') at = message.plugin ?? 'start'
      if (message.kind === 'done') resolve(message.result)
    })
    child.once('error', error => {
      resolve(`the process that tries it cannot be started: ${error.message}`)
    })
    child.once('close', (code, signal) => {
      resolve(
        isHung
          ? `keeps the server from doing anything else for more than ${patienceMs / 1000} s`
          : `ended the process (${signal ?? `exit code ${code}`})${said === '' ? '' : `: ${said.trim()}`}`
      )
    })
    child.send(trial, () => {})
  })
  clearTimeout(giveUp)
  child.kill('SIGKILL')
  return typeof result === 'string' ? blame(trial, at, result) : result
}

/** The process told nothing: whoever was at work then is to blame. */
function blame({ plugins }: Trial, at: string | undefined, why: string): TrialResult {
  const inspected = plugins.map(({ name }) => ({
    name,
    settings: [],
    hasTables: false,
    ...(name === at ? { problem: `The plugin '${name}' ${why}` } : {})
  }))
  const isKnown = plugins.some(({ name }) => name === at)
  return {
    plugins: inspected,
    ...(isKnown ? {} : { failure: `What is started ${why}` })
  }
}
