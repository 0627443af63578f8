/** The dashboard's sources as text, for tests that hold them to rules. */
import { readFile, readdir } from 'node:fs/promises'

export async function readSources(
  folder: string,
  end: string
): Promise<Array<{ file: string; text: string }>> {
  const files = (await readdir(folder, { recursive: true }))
    .filter(file => file.endsWith(end) && !file.endsWith('.d.ts'))
    .sort()
  return Promise.all(
    files.map(async file => ({
      file: `${folder}/${file}`,
      text: await readFile(`${folder}/${file}`, 'utf8')
    }))
  )
}
