/** Writes the gzip and brotli forms of a file beside it. */
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

// Above 9 brotli takes many times as long for a few percent; builds have to stay quick.
const brotliQuality = 9

/** Compresses `contents` into `path`.gz and `path`.br. */
export async function compress(path, contents) {
  const [zipped, brotlied] = await Promise.all([
    promisify(gzip)(contents, { level: 9 }),
    promisify(brotliCompress)(contents, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: contents.length
      }
    })
  ])
  await Promise.all([writeFile(`${path}.gz`, zipped), writeFile(`${path}.br`, brotlied)])
}
