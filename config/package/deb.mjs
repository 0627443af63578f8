/** The Debian package: the same tree under /usr/lib/moonlet, with what config/debian says about installing it. */
import { createHash } from 'node:crypto'
import {
  chmod,
  cp,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile
} from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DOCS, EXAMPLES } from './docs.mjs'
import { run } from './run.mjs'
import { readManifest } from './tree.mjs'

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' }

/** Debian sorts `~` before everything, so that a version comes after its own candidates. */
const toDebian = version => version.replace('-', '~')

export const debName = (version, arch) => `moonlet_${toDebian(version)}_${ARCHITECTURES[arch]}.deb`

/** Makes `file` of the tree in `source`, which it moves; `needs` are those of its binaries. */
export async function packDeb(source, file, { arch, needs, time, level, work }) {
  const root = join(work, `deb-${arch}`)
  await mkdir(join(root, 'usr/lib'), { recursive: true })
  await rename(source, join(root, 'usr/lib/moonlet'))
  await placeFiles(root, time)
  const info = join(root, 'DEBIAN')
  await mkdir(info)
  for (const name of ['preinst', 'postinst', 'prerm', 'postrm']) {
    await cp(`config/debian/${name}`, join(info, name))
    await chmod(join(info, name), 0o755)
  }
  await writeFile(join(info, 'conffiles'), '/etc/moonlet.env\n')
  const { sums, size } = await readContent(root)
  await writeFile(join(info, 'md5sums'), sums)
  await writeFile(join(info, 'control'), await controlOf({ arch, needs, size }))
  for (const name of ['conffiles', 'md5sums', 'control']) await chmod(join(info, name), 0o644)
  await chmod(info, 0o755)
  const part = join(work, 'whole.deb')
  await run('dpkg-deb', ['--root-owner-group', '-Zxz', `-z${level}`, '--build', root, part], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(time) }
  })
  await rename(part, file)
  return (await stat(file)).size
}

/** Moves to their places in Debian what the archive has in its one folder. */
async function placeFiles(root, time) {
  const ours = join(root, 'usr/lib/moonlet')
  const docs = join(root, 'usr/share/doc/moonlet')
  const unit = join(root, 'usr/lib/systemd/system/moonlet.service')
  for (const folder of ['etc', 'usr/bin', 'usr/lib/systemd/system', 'usr/share/doc/moonlet']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  for (const file of [...DOCS, ...EXAMPLES, 'THIRD-PARTY.md']) {
    await mkdir(dirname(join(docs, file)), { recursive: true })
    await rename(join(ours, file), join(docs, file))
  }
  await rename(join(ours, 'LICENSE'), join(docs, 'LICENSE'))
  await rm(join(ours, 'plugins'), { recursive: true })
  const text = await readFile(join(ours, 'config/moonlet.service'), 'utf8')
  const placed = text
    .replaceAll('file:///opt/moonlet/', 'file:///usr/share/doc/moonlet/')
    .replaceAll('/opt/moonlet/', '/usr/lib/moonlet/')
  await writeFile(unit, placed)
  await rm(join(ours, 'config'), { recursive: true })
  await rm(join(ours, 'bin'), { recursive: true })
  await symlink('../lib/moonlet/dist/core/moonlet.sh', join(root, 'usr/bin/moonlet'))
  await cp('config/debian/moonlet.env', join(root, 'etc/moonlet.env'))
  await writeFile(join(docs, 'copyright'), await copyrightText())
  await writeFile(join(docs, 'changelog.gz'), gzipSync(await changelogText(time), { level: 9 }))
  await setModes(root)
}

async function setModes(root) {
  await chmod(root, 0o755)
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile() && !path.startsWith(join(root, 'usr/lib/moonlet/'))) {
      // Settings may be secrets.
      await chmod(path, path === join(root, 'etc/moonlet.env') ? 0o600 : 0o644)
    }
  }
}

/** `md5sums` has all files but configuration, sorted; the size is in KiB, as Debian rounds it. */
async function readContent(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const lines = []
  let size = 0
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(root, path)
    if (name.startsWith('DEBIAN')) continue
    size += entry.isFile() ? Math.ceil((await stat(path)).size / 1024) : 1
    if (!entry.isFile() || name.startsWith('etc/')) continue
    lines.push([
      name,
      createHash('md5')
        .update(await readFile(path))
        .digest('hex')
    ])
  }
  lines.sort(([a], [b]) => (a < b ? -1 : 1))
  return { sums: lines.map(([name, sum]) => `${sum}  ${name}\n`).join(''), size }
}

const MAINTAINER = 'The Moonlet authors <moonlet-server@users.noreply.github.com>'

async function controlOf({ arch, needs, size }) {
  const { manifest, version } = await readManifest()
  const [summary] = manifest.description.split(': ')
  return [
    'Package: moonlet',
    `Version: ${toDebian(version)}`,
    `Architecture: ${ARCHITECTURES[arch]}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${size}`,
    `Depends: libc6 (>= ${needs.glibc}), libgcc-s1, libstdc++6 (>= ${needs.gcc}), util-linux`,
    'Section: httpd',
    'Priority: optional',
    `Homepage: ${manifest.homepage}`,
    `Description: ${summary.replace(/^An? /, '')}`,
    ' Lua functions over HTTP, on a schedule and in the background, each run in a',
    ' locked-down process of its own, with a dashboard, history and versions.',
    ' Everything is kept in one SQLite file. The Node.js that it runs on is part',
    ' of this package.',
    ''
  ].join('\n')
}

async function copyrightText() {
  const { repository } = await readManifest()
  const licence = await readFile('LICENSE', 'utf8')
  const [, holder] = /^Copyright \(c\) (.*)$/m.exec(licence)
  const text = licence
    .slice(licence.indexOf('Permission is'))
    .trimEnd()
    .split('\n')
    .map(line => (line === '' ? ' .' : ` ${line}`))
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: Moonlet',
    `Source: ${repository}`,
    'Comment: The parts of others, their versions and the texts of their licences are in',
    ' /usr/share/doc/moonlet/THIRD-PARTY.md.',
    '',
    'Files: *',
    `Copyright: ${holder}`,
    'License: MIT',
    ...text,
    ''
  ].join('\n')
}

async function changelogText(time) {
  const { version } = await readManifest()
  const date = new Date(time * 1000).toUTCString().replace('GMT', '+0000')
  return `moonlet (${toDebian(version)}) stable; urgency=medium

  * All changes are in /usr/share/doc/moonlet/CHANGELOG.md.

 -- ${MAINTAINER}  ${date}
`
}
