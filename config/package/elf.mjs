/** What a binary asks of the C and C++ libraries of the machine it runs on, from its own table of versions. */
import { readFile } from 'node:fs/promises'

/** SHT_GNU_verneed; offsets are those of 64-bit ELF (the System V gABI, and the Linux Standard Base for versions). */
const VERSIONS_NEEDED = 0x6ffffffe
const WEAK = 2

/** Names of versions, such as `GLIBC_2.34`, in no order. Throws for what is no 64-bit little-endian ELF file. */
export async function readVersionsNeeded(file) {
  const elf = await readFile(file)
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) {
    throw new Error(`${file} is not a 64-bit little-endian ELF file`)
  }
  const start = Number(elf.readBigUInt64LE(0x28))
  const size = elf.readUInt16LE(0x3a)
  const sections = Array.from({ length: elf.readUInt16LE(0x3c) }, (_, i) => {
    const at = start + i * size
    return {
      type: elf.readUInt32LE(at + 4),
      offset: Number(elf.readBigUInt64LE(at + 0x18)),
      names: elf.readUInt32LE(at + 0x28),
      count: elf.readUInt32LE(at + 0x2c)
    }
  })
  return sections
    .filter(({ type }) => type === VERSIONS_NEEDED)
    .flatMap(section => readEntries(elf, section, sections[section.names].offset))
}

function readEntries(elf, { offset, count }, names) {
  const versions = []
  for (let library = 0, at = offset; library < count; library++) {
    let version = at + elf.readUInt32LE(at + 8)
    for (let i = elf.readUInt16LE(at + 2); i > 0; i--) {
      if ((elf.readUInt16LE(version + 4) & WEAK) === 0) {
        const name = names + elf.readUInt32LE(version + 8)
        versions.push(elf.toString('latin1', name, elf.indexOf(0, name)))
      }
      version += elf.readUInt32LE(version + 12)
    }
    at += elf.readUInt32LE(at + 12)
  }
  return versions
}

/** The first GCC whose libstdc++ has a version of its symbols (the table in libstdc++'s manual, "ABI Policy"). */
const GCC_OF = {
  21: '5',
  22: '6',
  23: '7',
  24: '7',
  25: '8',
  26: '9',
  27: '9',
  28: '9',
  29: '11',
  30: '12',
  31: '13',
  32: '13',
  33: '14'
}

/** `{ glibc: '2.34', gcc: '11' }`: the oldest libraries that have all that these binaries need. */
export async function readNeeds(files) {
  const versions = (await Promise.all(files.map(readVersionsNeeded))).flat()
  const newest = prefix =>
    versions
      .filter(name => name.startsWith(`${prefix}_`) && /\d$/.test(name))
      .map(name => name.slice(prefix.length + 1))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1)
  const glibc = newest('GLIBC')
  const minor = newest('GLIBCXX')?.split('.')[2] ?? 21
  const gcc = GCC_OF[minor]
  if (gcc === undefined) throw new Error(`Which GCC brings GLIBCXX_3.4.${minor}? Add it to elf.mjs`)
  return { glibc, gcc }
}
