/**
 * Where a plugin's syntax error is. `import` says what is wrong and keeps the place to itself; `node --check` tells.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const FILES_MAX = 100
const CHECK_TIMEOUT_MS = 10_000

/** `file:line` of the first syntax error in the module `url` and what it imports by relative paths, if it is found. */
export async function findSyntaxError(url: string): Promise<string | undefined> {
  const seen = new Set([url])
  for (const each of seen) {
    if (!each.startsWith('file:')) continue
    const file = fileURLToPath(each)
    const source = await readFile(file, 'utf8').catch(() => undefined)
    if (source === undefined) continue
    const place = await check(file)
    if (place !== undefined) return place
    for (const [, specifier = ''] of source.matchAll(
      /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g
    )) {
      if (seen.size < FILES_MAX) seen.add(new URL(specifier, each).href)
    }
  }
  return undefined
}

async function check(file: string): Promise<string | undefined> {
  try {
    await run(process.execPath, ['--check', file], { timeout: CHECK_TIMEOUT_MS, env: {} })
    return undefined
  } catch (error) {
    const [, path, line] =
      /^(?:file:\/\/)?(\/.+):(\d+)$/m.exec((error as { stderr?: string }).stderr ?? '') ?? []
    return path === undefined ? undefined : `${path}:${line}`
  }
}
