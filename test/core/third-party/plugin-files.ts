/** Plugins written to a folder of their own, outside this repository, as people have them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'

/** Writes the files below an empty folder that is removed when the test ends; gives the folder. */
export async function writeFiles(
  t: Test,
  files: Readonly<Record<string, string>>
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-plugins-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

/** A module that exports a plugin with these fields of its declaration, as code. */
export const plugin = (name: string, fields = ''): string => `
import { definePlugin, setting } from 'moonlet/plugin'
export default definePlugin({ name: '${name}', moonlet: '>=0.1.0', start () {}, ${fields} })
void setting
`
