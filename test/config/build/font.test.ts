import t from 'tap'
import { readFile } from 'node:fs/promises'

const icons = 'node_modules/monaco-editor/esm/vs/base/browser/ui/codicons/codicon/codicon.ttf'
const { cutFont } = (await import(
  new URL('../../../../config/build/dashboard/font.mjs', import.meta.url).href
)) as { cutFont: (font: Buffer, characters: number[]) => Buffer }
const add = 0xea60
const lightbulb = 0xea61

const tableOf = (font: Buffer, name: string) => {
  const at = font.indexOf(name, 0, 'latin1')
  return font.subarray(
    font.readUInt32BE(at + 8),
    font.readUInt32BE(at + 8) + font.readUInt32BE(at + 12)
  )
}

t.test(
  'a cut font has the wanted characters, each once, and the sign for what is missing',
  async t => {
    const cut = cutFont(await readFile(icons), [lightbulb, add, add])
    t.equal(tableOf(cut, 'maxp').readUInt16BE(4), 3)
    const map = tableOf(cut, 'cmap').subarray(12)
    t.equal(map.readUInt32BE(12), 2)
    t.same([map.readUInt32BE(16), map.readUInt32BE(24)], [add, 1])
    t.same([map.readUInt32BE(28), map.readUInt32BE(36)], [lightbulb, 2])
  }
)

t.test('the outlines of a cut font are those of the whole one', async t => {
  const font = await readFile(icons)
  const both = tableOf(cutFont(font, [add, lightbulb]), 'glyf')
  const first = tableOf(cutFont(font, [add]), 'glyf')
  t.ok(both.length > first.length)
  t.same(both.subarray(0, first.length), first)
  const bulb = both.subarray(first.length)
  t.ok(tableOf(font, 'glyf').includes(bulb), 'the second glyph is found in the whole font')
})

t.test('every table of a cut font adds up to its checksum', async t => {
  const cut = cutFont(await readFile(icons), [add])
  for (let n = 0; n < cut.readUInt16BE(4); n++) {
    const at = 12 + n * 16
    const start = cut.readUInt32BE(at + 8)
    let sum = 0
    for (let word = 0; word < cut.readUInt32BE(at + 12); word += 4) {
      sum = (sum + cut.readUInt32BE(start + word)) >>> 0
    }
    t.equal(sum, cut.readUInt32BE(at + 4), cut.toString('latin1', at, at + 4))
  }
})

t.test('a character that the font lacks is named', async t => {
  const font = await readFile(icons)
  t.throws(() => cutFont(font, [0x41]), { message: 'The font has no character U+41' })
})
