/** Archives of plugins: those of honest programs are unpacked, whatever else is refused with nothing made outside. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { Allowance } from '../../../../core/third-party/packed/allowance.js'
import { unpack } from '../../../../core/third-party/packed/unpack.js'
import { temporaryFolder } from '../../../helpers/build.js'
import { END, makeTgz, paxEntry, tarEntry } from './make-tar.js'

/** Unpacks into an empty folder; gives the files in it. */
async function unpacked(t: Test, bytes: Buffer): Promise<readonly string[]> {
  const folder = await temporaryFolder(t)
  const into = join(folder, 'into')
  await mkdir(into)
  await writeFile(join(folder, 'x.tgz'), bytes)
  try {
    await unpack(join(folder, 'x.tgz'), into)
  } finally {
    t.same(await readdir(folder), ['into', 'x.tgz'], 'nothing is made outside')
  }
  return (await readdir(into, { recursive: true })).toSorted()
}

t.test('what tar writes, with long names, empty files, folders and programs', async t => {
  const folder = await temporaryFolder(t)
  const long = `${'long-'.repeat(30)}name.js`
  await mkdir(join(folder, 'package/bin'), { recursive: true })
  await mkdir(join(folder, 'into'))
  await writeFile(join(folder, 'package/index.js'), 'x'.repeat(1_000_001))
  await writeFile(join(folder, 'package/empty.js'), '')
  await writeFile(join(folder, 'package', long), 'long')
  await writeFile(join(folder, 'package/bin/run'), 'run', { mode: 0o755 })
  for (const format of ['ustar', 'pax', 'gnu']) {
    const into = join(folder, `into/${format}`)
    await mkdir(into)
    const archive = join(folder, `${format}.tgz`)
    const files = format === 'ustar' ? ['--exclude', '*long-*', 'package'] : ['package']
    await promisify(execFile)('tar', [
      `--format=${format}`,
      '-czf',
      archive,
      '-C',
      folder,
      ...files
    ])
    await unpack(archive, into)
    t.same(
      (await readdir(into, { recursive: true })).toSorted(),
      ['bin', 'bin/run', 'empty.js', 'index.js', ...(format === 'ustar' ? [] : [long])],
      format
    )
    t.equal((await readFile(join(into, 'index.js'))).length, 1_000_001)
    t.equal((await stat(join(into, 'bin/run'))).mode & 0o111, 0o111)
    t.equal((await stat(join(into, 'index.js'))).mode & 0o133, 0)
  }
})

t.test('names that lead out, links and devices are refused', async t => {
  const good = { path: 'package/index.js', text: 'x' }
  for (const [entry, message] of [
    [{ path: 'package/../../evil.js' }, /"package\/\.\.\/\.\.\/evil\.js" would lie outside/],
    [{ path: '../evil.js' }, /would lie outside/],
    [{ path: 'package/..' }, /would lie outside/],
    [{ path: '/etc/evil.js' }, /would lie outside/],
    [{ path: 'package/a\nb' }, /has a control character/],
    [{ path: 'evil.js' }, /lies beside the one folder/],
    [{ path: '' }, /lies beside the one folder/],
    [{ path: 'package/x', type: '2', link: '/etc/passwd' }, /"package\/x" is a symbolic link/],
    [{ path: 'package/x', type: '2', link: '../../..' }, /is a symbolic link/],
    [{ path: 'package/x', type: '1', link: 'package/index.js' }, /is a link to another file/],
    [{ path: 'package/x', type: '3' }, /is a device/],
    [{ path: 'package/x', type: '6' }, /is a pipe/],
    [{ path: 'package/x', type: 'K' }, /is neither a file nor a folder/],
    [good, /"package\/index\.js" is in it twice/],
    [{ path: 'package/index.js/x.js' }, /cannot be written/],
    [{ path: `package/${'x'.repeat(99)}`.slice(0, 100), type: '5', text: 'y' }, undefined]
  ] as const) {
    const made = unpacked(t, makeTgz(good, entry))
    if (message === undefined) await t.resolves(made)
    else await t.rejects(made, { code: 'VALIDATION', message }, entry.path)
  }
  await t.rejects(unpacked(t, makeTgz(paxEntry({ path: 'package/../../evil' }), good)), {
    message: /"package\/\.\.\/\.\.\/evil" would lie outside/
  })
  await t.rejects(
    unpacked(t, makeTgz({ path: 'x', type: 'L', text: '/etc/evil\0' }, good)),
    /would lie outside/
  )
})

t.test('what is cut, broken or no archive is said to be so', async t => {
  const whole = makeTgz({ path: 'package/a', text: 'x'.repeat(5000) })
  const head = tarEntry({ path: 'package/a' })
  const broken = Buffer.from(head)
  broken[0] = 65
  const sized = (digits: string) => {
    const entry = Buffer.from(head)
    entry.write(digits, 124)
    return entry
  }
  for (const [bytes, message] of [
    [Buffer.from('no gzip'), /no gzip file that is whole/],
    [whole.subarray(0, whole.length - 10), /no gzip file that is whole/],
    [Buffer.alloc(0), /no gzip file that is whole|it has no end/],
    [gzipSync('x'), /it has no end/],
    [gzipSync(head), /it has no end/],
    [gzipSync(Buffer.concat([broken, END])), /the sum of an entry is wrong/],
    [
      gzipSync(Buffer.concat([sized('\u0080'), END])),
      /the sum of an entry is wrong|cannot be read/
    ],
    [makeTgz({ path: 'package/a', size: 1e9 }), /it ends within a file/],
    [makeTgz({ path: 'x', type: 'x', size: 1e8 }), /is described in 100000000 bytes/],
    [makeTgz({ path: 'x', type: 'x', text: '99 path=x\n' }), /what it says of an entry/],
    [makeTgz({ path: 'x', type: 'x', text: '0 =\n' }), /what it says of an entry/],
    [makeTgz(paxEntry({ size: '-1' }), { path: 'package/a' }), /a size cannot be read/]
  ] as const) {
    await t.rejects(unpacked(t, bytes), { code: 'VALIDATION', message })
  }
})

t.test('an archive that unpacks to more than there is room for is given up', async t => {
  const folder = await temporaryFolder(t)
  const archive = join(folder, 'bomb.tgz')
  const tryWith = async (allowance: Allowance, ...parts: readonly Buffer[]) => {
    await writeFile(archive, makeTgz(...parts))
    const into = await temporaryFolder(t)
    await unpack(archive, into, allowance)
  }
  const mib = Buffer.alloc(1024 ** 2)
  const small = tarEntry({ path: 'package/small', text: mib })
  await t.resolves(tryWith(new Allowance(2, 3 * 1024 ** 2), small))
  const message = /^has more than 3 MiB$/
  const big = tarEntry({ path: 'package/big', text: Buffer.alloc(4 * 1024 ** 2) })
  await t.rejects(tryWith(new Allowance(2, 3 * 1024 ** 2), big), { code: 'VALIDATION', message })
  const folderWith = tarEntry({ path: 'package/', type: '5', text: Buffer.alloc(4 * 1024 ** 2) })
  await t.rejects(tryWith(new Allowance(2, 3 * 1024 ** 2), folderWith), { message })
  await t.rejects(tryWith(new Allowance(2, 3 * 1024 ** 2), small, END, mib, mib, mib), { message })
  const three = ['a', 'b', 'c'].map(name => tarEntry({ path: `package/${name}` }))
  await t.rejects(tryWith(new Allowance(2, 3 * 1024 ** 2), ...three), {
    code: 'VALIDATION',
    message: /^has more than 2 files$/
  })
})
