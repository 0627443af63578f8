/**
 * Large texts in fewer bytes, as frames of Zstandard that hold their size. At level 1 a text of 64 KiB takes 30 µs if
 * it repeats itself all the time, 130 and a quarter of its bytes if it is JSON, 160 and 40 % if it is prose. Storing
 * all of it takes 200 µs, since it goes to the log and from there into the database, and 300 until the disk has it.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { MoonletError } from '../../../core/base/errors.js'

/** Characters from which compressing costs less than it saves; beginning a frame alone takes 15 µs. */
const PACKED_FROM = 16 * 1024
/**
 * Bytes of a text at most, packed or read, so that no frame in a file from elsewhere fills memory. The bodies of events
 * have 1 MiB at most, in JSON six characters for each byte.
 */
const MAX_BYTES = 8 * 1024 ** 2
/** What does not shrink to this part stays text, which everybody can read in the file. */
const WORTH_IT = 0.9

/** Bytes of texts that are packed without memory of their own, new pages of which cost more than copying a text. */
const SCRATCH_BYTES = 256 * 1024
const MAX_BYTES_OF_UNIT = 3

const SAMPLE_BYTES = 1024
const SAMPLE_HASHES = 4096
/** Of the sample's places. Of base64 there are none, of hexadecimal digits 1 in 100, of prose 15. */
const REPEATED = 0.025

let scratch: Buffer | undefined
const seen = new Int32Array(SAMPLE_HASHES)

/** Undefined where the text had better be stored as it is. Takes up to 4 ms for a MiB. */
export function packText(text: string): Buffer | undefined {
  if (text.length < PACKED_FROM || text.length > MAX_BYTES) return undefined
  const bytes = toBytes(text)
  if (bytes.length > MAX_BYTES || !repeatsItself(bytes)) return undefined
  const params = { [constants.ZSTD_c_compressionLevel]: 1 }
  const packed = zstdCompressSync(bytes, { params, pledgedSrcSize: bytes.length })
  return packed.length <= bytes.length * WORTH_IT ? packed : undefined
}

/** Throws STORAGE_FAILED for what is no such frame, or one of more than MAX_BYTES; `name` says what it is of. */
export function unpackText(packed: Uint8Array, name: string): string {
  try {
    return zstdDecompressSync(packed, { maxOutputLength: MAX_BYTES }).toString('utf8')
  } catch (cause) {
    throw new MoonletError(
      'STORAGE_FAILED',
      `What is stored of ${name} is damaged: it is no Zstandard frame of at most ${MAX_BYTES} bytes.`,
      { cause }
    )
  }
}

/** Valid until the next call. */
function toBytes(text: string): Buffer {
  if (text.length * MAX_BYTES_OF_UNIT > SCRATCH_BYTES) return Buffer.from(text)
  scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  return scratch.subarray(0, scratch.write(text))
}

/**
 * Whether groups of four bytes come again within a sample from the middle. Where they do not, as in what was encrypted
 * or compressed before, only rarer characters could be told from more frequent ones, a quarter of base64: that costs
 * more than it saves.
 */
function repeatsItself(bytes: Buffer): boolean {
  const start = (bytes.length - SAMPLE_BYTES) >> 1
  let group = 0
  let repeated = 0
  seen.fill(-1)
  for (let i = 0; i < SAMPLE_BYTES; i++) {
    group = (group << 8) | (bytes[start + i] as number)
    const place = Math.imul(group, 0x9e3779b1) >>> 20
    if (seen[place] === group) repeated++
    else seen[place] = group
  }
  return repeated >= SAMPLE_BYTES * REPEATED
}
