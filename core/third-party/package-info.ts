/** The package that a plugin's module belongs to. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface PackageInfo {
  readonly name?: string
  readonly version?: string
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The nearest package.json above the file; empty when there is none that can be read. */
export async function packageOf(file: string): Promise<PackageInfo> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) return JSON.parse(text) as PackageInfo
    if (dirname(folder) === folder) return {}
  }
}
