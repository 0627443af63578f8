/** Runs a command with curl in a shell, as somebody who copied it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** `variables` is all that the shell has in its environment beside the path. */
export async function runShown(
  command: string,
  variables: Record<string, string> = {}
): Promise<{ status: number; body: string }> {
  const withStatus = command.replace(/\bcurl /, "curl -s -w '\\n%{http_code}' ")
  const { stdout } = await run('sh', ['-ec', withStatus], {
    env: { PATH: process.env.PATH ?? '', ...variables }
  })
  const [status = '', ...lines] = stdout.trimEnd().split('\n').reverse()
  return { status: Number(status), body: lines.reverse().join('\n') }
}
