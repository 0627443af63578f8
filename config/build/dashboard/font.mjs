/**
 * Cuts a TrueType font down to the characters that are used. Written for an icon font: outlines that are made of
 * other glyphs, and tables for hinting, ligatures and variations, are not kept.
 * See https://learn.microsoft.com/typography/opentype/spec/otff
 */
const entryBytes = 16
const headerBytes = 12
const aligned = length => (length + 3) & ~3

function readTables(font) {
  const tables = new Map()
  for (let n = 0; n < font.readUInt16BE(4); n++) {
    const at = headerBytes + n * entryBytes
    const start = font.readUInt32BE(at + 8)
    tables.set(
      font.toString('latin1', at, at + 4),
      font.subarray(start, start + font.readUInt32BE(at + 12))
    )
  }
  return name => {
    const table = tables.get(name)
    if (table === undefined) throw new Error(`The font has no ${name} table`)
    return table
  }
}

/** Glyph by character, from the cmap's format 12, which the font must have. */
function findGlyphs(cmap, characters) {
  const records = Array.from({ length: cmap.readUInt16BE(2) }, (_, n) =>
    cmap.readUInt32BE(8 + n * 8)
  )
  const start = records.find(at => cmap.readUInt16BE(at) === 12)
  if (start === undefined) throw new Error('The font has no character map in format 12')
  const groups = Array.from({ length: cmap.readUInt32BE(start + 12) }, (_, n) =>
    [0, 4, 8].map(field => cmap.readUInt32BE(start + 16 + n * 12 + field))
  )
  return characters.map(character => {
    const group = groups.find(([first, last]) => character >= first && character <= last)
    if (group === undefined) {
      throw new Error(`The font has no character U+${character.toString(16).toUpperCase()}`)
    }
    return group[2] + character - group[0]
  })
}

/** A character map that gives the n-th character the glyph n + 1; 0 is the glyph for what is missing. */
function writeCharacterMap(characters) {
  const map = Buffer.alloc(28 + characters.length * 12)
  map.writeUInt16BE(1, 2) // one map: Windows, all of Unicode
  map.writeUInt16BE(3, 4)
  map.writeUInt16BE(10, 6)
  map.writeUInt32BE(12, 8)
  map.writeUInt16BE(12, 12) // its format
  map.writeUInt32BE(map.length - 12, 16)
  map.writeUInt32BE(characters.length, 24)
  for (const [n, character] of characters.entries()) {
    for (const [field, value] of [character, character, n + 1].entries()) {
      map.writeUInt32BE(value, 28 + n * 12 + field * 4)
    }
  }
  return map
}

function changed(table, change) {
  const copy = Buffer.from(table)
  change(copy)
  return copy
}

function outline(read, glyph) {
  const loca = read('loca')
  const at =
    read('head').readInt16BE(50) === 0
      ? n => loca.readUInt16BE(n * 2) * 2
      : n => loca.readUInt32BE(n * 4)
  const shape = read('glyf').subarray(at(glyph), at(glyph + 1))
  if (shape.length > 0 && shape.readInt16BE(0) < 0) {
    throw new Error(`Glyph ${glyph} is made of others, which this does not follow`)
  }
  return Buffer.concat([shape, Buffer.alloc(aligned(shape.length) - shape.length)])
}

function metric(read, glyph) {
  const full = read('hhea').readUInt16BE(34)
  const hmtx = read('hmtx')
  const pair = Buffer.alloc(4)
  hmtx.copy(pair, 0, Math.min(glyph, full - 1) * 4, Math.min(glyph, full - 1) * 4 + 2)
  const bearing = glyph < full ? glyph * 4 + 2 : full * 4 + (glyph - full) * 2
  hmtx.copy(pair, 2, bearing, bearing + 2)
  return pair
}

function writeFont(tables) {
  const names = Object.keys(tables).sort()
  const head = Buffer.alloc(headerBytes + names.length * entryBytes)
  const power = Math.floor(Math.log2(names.length))
  head.writeUInt32BE(0x10000, 0)
  for (const [n, value] of [
    names.length,
    16 * 2 ** power,
    power,
    16 * (names.length - 2 ** power)
  ].entries()) {
    head.writeUInt16BE(value, 4 + n * 2)
  }
  const parts = [head]
  let start = head.length
  for (const [n, name] of names.entries()) {
    const table = tables[name]
    const padded = Buffer.concat([table, Buffer.alloc(aligned(table.length) - table.length)])
    let sum = 0
    for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0
    head.write(name, headerBytes + n * entryBytes, 'latin1')
    for (const [field, value] of [sum, start, table.length].entries()) {
      head.writeUInt32BE(value, headerBytes + n * entryBytes + 4 + field * 4)
    }
    parts.push(padded)
    start += padded.length
  }
  return Buffer.concat(parts)
}

/** The font with these characters (code points) alone. Throws when it lacks one. */
export function cutFont(font, wanted) {
  const characters = [...new Set(wanted)].sort((a, b) => a - b)
  const read = readTables(font)
  const glyphs = [0, ...findGlyphs(read('cmap'), characters)]
  const outlines = glyphs.map(glyph => outline(read, glyph))
  const loca = Buffer.alloc((glyphs.length + 1) * 4)
  outlines.reduce(
    (end, shape, n) => loca.writeUInt32BE(end + shape.length, (n + 1) * 4) && end + shape.length,
    0
  )
  return writeFont({
    'OS/2': read('OS/2'),
    cmap: writeCharacterMap(characters),
    glyf: Buffer.concat(outlines),
    head: changed(read('head'), head => head.writeInt16BE(1, 50)),
    hhea: changed(read('hhea'), hhea => hhea.writeUInt16BE(glyphs.length, 34)),
    hmtx: Buffer.concat(glyphs.map(glyph => metric(read, glyph))),
    loca,
    maxp: changed(read('maxp'), maxp => maxp.writeUInt16BE(glyphs.length, 4)),
    name: read('name'),
    post: changed(read('post').subarray(0, 32), post => post.writeUInt32BE(0x30000, 0)) // no names of glyphs
  })
}
