/** The example plugins as packages of other people, away from this repository. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Test } from 'tap'

/** A copy of an example with what `npm install` would have put beside it; removed when the test ends. */
export async function copyExample(t: Test, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-example-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await cp(`plugins/examples/${name}`, folder, { recursive: true })
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  await mkdir(join(folder, 'node_modules'))
  await symlink(resolve('.'), join(folder, 'node_modules/moonlet'))
  for (const dependency of Object.keys(dependencies)) {
    await symlink(resolve('node_modules', dependency), join(folder, 'node_modules', dependency))
  }
  return folder
}
