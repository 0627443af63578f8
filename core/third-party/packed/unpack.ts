/**
 * Unpacks a plugin's archive, which `npm pack` or `tar czf` made. Nothing is trusted: the only things made are files
 * and folders below the given one, of a bounded number and size.
 */
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { MoonletError } from '../../base/errors.js'
import { Allowance, FILE_MODE, FOLDER_MODE, PROGRAM_MODE } from './allowance.js'
import { readTar, type TarEntry } from './tar.js'

/** `into` is empty. Throws VALIDATION with words that go on from the archive's name. */
export async function unpack(
  archive: string,
  into: string,
  allowance = new Allowance()
): Promise<void> {
  const source = createReadStream(archive)
  const unzipped = createGunzip()
  const zipped = pipeline(source, unzipped)
  // Who reads the other end learns of a failure there.
  zipped.catch(() => {})
  try {
    for await (const entry of readTar(counted(unzipped, allowance))) {
      allowance.addFile()
      await unpackEntry(entry, into)
    }
  } catch (error) {
    throw toProblem(error)
  } finally {
    source.destroy()
    unzipped.destroy()
  }
}

/** All that is unpacked counts, also what no file is made of. */
async function* counted(
  source: AsyncIterable<Buffer>,
  allowance: Allowance
): AsyncGenerator<Buffer> {
  for await (const part of source) {
    allowance.addBytes(part.length)
    yield part
  }
}

/** zlib's errors: the file is none, or was cut. */
function toProblem(error: unknown): unknown {
  const code = String((error as NodeJS.ErrnoException).code)
  return code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE'
    ? new MoonletError('VALIDATION', `is no gzip file that is whole (${code})`, { cause: error })
    : error
}

const kinds: Readonly<Record<string, string>> = {
  '1': 'a link to another file',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '6': 'a pipe'
}

async function unpackEntry({ path, type, mode, body }: TarEntry, into: string): Promise<void> {
  if (type !== '0' && type !== '5') {
    throw refused(path, `is ${kinds[type] ?? 'neither a file nor a folder'}`)
  }
  const parts = partsOf(path)
  if (type === '5' || path.endsWith('/')) {
    await makeFolder(join(into, ...parts), path)
    for await (const part of body) void part
    return
  }
  if (parts.length === 0) throw refused(path, 'lies beside the one folder that there should be')
  const file = join(into, ...parts)
  await makeFolder(dirname(file), path)
  const handle = await open(file, 'wx', (mode & 0o100) === 0 ? FILE_MODE : PROGRAM_MODE).catch(
    (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EEXIST' ? 'is in it twice' : `cannot be written (${error.code})`
      throw refused(path, why)
    }
  )
  try {
    for await (const part of body) await handle.writeFile(part)
  } finally {
    await handle.close()
  }
}

/** Without its first folder, `package` for npm. */
function partsOf(path: string): readonly string[] {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path)) throw refused(path, 'has a control character in its name')
  if (path.startsWith('/')) throw refused(path, 'would lie outside of the plugin')
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  if (parts.includes('..')) throw refused(path, 'would lie outside of the plugin')
  return parts.slice(1)
}

async function makeFolder(folder: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE }).catch(
    (error: NodeJS.ErrnoException) => {
      throw refused(path, `cannot be written (${error.code})`)
    }
  )
}

const refused = (path: string, why: string): MoonletError =>
  new MoonletError('VALIDATION', `is refused: ${JSON.stringify(path)} ${why}`)
