import t from 'tap'
import { readdir, readFile } from 'node:fs/promises'

const contract = await readFile('test/conformance/CONTRACT.md', 'utf8')
const sections = new Set(Array.from(contract.matchAll(/^## (\d+) /gm), match => match[1]))

/** Each section that a source file cites, with the file. */
async function citations(): Promise<Array<{ file: string; section: string }>> {
  const found = []
  for (const folder of ['core', 'config', 'sandbox', 'plugins', 'public', 'test']) {
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith('.ts') || name.includes('node_modules')) continue
      const text = await readFile(`${folder}/${name}`, 'utf8')
      for (const [, section] of text.matchAll(/CONTRACT section (\d+)/g)) {
        found.push({ file: `${folder}/${name}`, section: section ?? '' })
      }
    }
  }
  return found
}

t.test('each section of the contract that a comment cites exists', async t => {
  const cited = await citations()
  t.ok(cited.length > 10)
  for (const { file, section } of cited) {
    t.ok(sections.has(section), `${file} cites section ${section}`)
  }
})
