/** One test file as a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Far more than any file takes; what hangs for longer is killed with everything that it started. */
const DEADLINE_MS = 1_800_000
/** For a single test, in seconds, where it does not set another. */
const TEST_TIMEOUT = '600'
/** Every file loads the same modules: their compiled code saves 0.2 s of processor time a file, a tenth of it. */
const COMPILE_CACHE = fileURLToPath(new URL('../../.cache/node', import.meta.url))

const running = new Set()

/** Kills every running test, and what it started. */
export function killAll() {
  for (const child of running) kill(child)
}

/** Runs the file; resolves with what it printed and how it ended, and never rejects. */
export async function runFile(file) {
  const began = performance.now()
  // In a process group of its own, which can be killed as a whole.
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { TAP_TIMEOUT: TEST_TIMEOUT, NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env }
  })
  running.add(child)
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', text => (output += text))
  child.stderr.setEncoding('utf8').on('data', text => (errors += text))
  const late = setTimeout(() => {
    errors += `\n${file} is killed after ${DEADLINE_MS / 1000} s\n`
    kill(child)
  }, DEADLINE_MS)
  const ended = await new Promise(resolve => {
    child.on('error', error => {
      errors += `${error.message}\n`
      resolve('error')
    })
    child.on('close', (code, signal) => resolve(signal ?? code))
  })
  clearTimeout(late)
  running.delete(child)
  return { file, output, errors, ended, seconds: (performance.now() - began) / 1000 }
}

function kill(child) {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
