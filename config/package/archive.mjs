/** The release archive: one folder in a .tar.xz, and its SHA-256 beside it. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rename, stat, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { run } from './run.mjs'

/**
 * Packs `folder` under its own name. The same content gives the same bytes, whatever the machine. `file` is there when
 * it is whole, and not before.
 */
export async function packArchive(folder, file, { time, level }) {
  // xz gives other bytes with one thread than with several, and the same with any number of several.
  const compress = `xz -${level} --threads=2 --stdout > "$0"`
  const pack = [
    'tar --create --format=gnu --sort=name --owner=0 --group=0 --numeric-owner',
    `--mtime=@${time} --directory="$1" "$2"`
  ].join(' ')
  const part = `${file}.part`
  await run('bash', [
    '-o',
    'pipefail',
    '-ec',
    `${pack} | ${compress}`,
    part,
    dirname(folder),
    basename(folder)
  ])
  const { size } = await stat(part)
  const hash = createHash('sha256')
  await pipeline(createReadStream(part), hash)
  await writeFile(`${file}.sha256`, `${hash.digest('hex')}  ${basename(file)}\n`)
  await rename(part, file)
  return size
}
