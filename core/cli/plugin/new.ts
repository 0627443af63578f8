/** `moonlet plugin new`: a folder with a plugin that works, and its tests. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { moonletVersion } from '../../base/version.js'
import { whyReserved } from '../../lua/reserved-names.js'
import { isPluginName, reservedNames } from '../../third-party/plugin-name.js'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { asPermitted } from './places.js'

const template = fileURLToPath(new URL('./template/', import.meta.url))

export async function newPlugin(context: Context, name: string): Promise<number> {
  const module = name.replaceAll('-', '_')
  const why = whyNot(name, module)
  if (why !== undefined) throw new Failure('usage', `A plugin cannot be called '${name}': ${why}`)
  const folder = resolve(`moonlet-plugin-${name}`)
  await asPermitted(dirname(folder), () => writePlugin(folder, name))
  const { terminal } = context
  terminal.say(`Wrote ${folder}. Next, in that folder:`)
  terminal.say('  node --test           its tests')
  terminal.say('  PLUGINS=./ moonlet    a server with it, at http://localhost:3000')
  terminal.say('  moonlet plugin add .  puts it where every start finds it')
  context.report({ name, folder, module })
  return exitCodes.done
}

function whyNot(name: string, module: string): string | undefined {
  if (!isPluginName(name)) return 'use small letters, digits and dashes, at most 64 characters'
  if (reservedNames.has(name)) return 'the name belongs to Moonlet itself'
  const why = whyReserved(module)
  return why === undefined ? undefined : `the name ${why}`
}

async function writePlugin(folder: string, name: string): Promise<void> {
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new Failure('failed', `${folder} is there already`) : error
  })
  for (const entry of await readdir(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const source = join(entry.parentPath, entry.name)
    const target = join(folder, renamed(source.slice(template.length), name))
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, renamed(await readFile(source, 'utf8'), name), { flag: 'wx' })
  }
  await linkMoonlet(folder)
}

/** The template is a plugin itself, called `my-plugin`. */
function renamed(text: string, name: string): string {
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
  return text
    .replaceAll('my-plugin', name)
    .replaceAll('my_plugin', name.replaceAll('-', '_'))
    .replaceAll('MY_PLUGIN', name.replaceAll('-', '_').toUpperCase())
    .replaceAll('My plugin', title)
    .replaceAll('^0.1.0', `^${moonletVersion}`)
}

/** So that tests and editors find the Moonlet that is here, without npm. */
async function linkMoonlet(folder: string): Promise<void> {
  const ours = await findPackage(dirname(template))
  if (ours === undefined) return
  await mkdir(join(folder, 'node_modules'))
  await symlink(ours, join(folder, 'node_modules/moonlet'))
}

/** The folder of the package that this program is part of. */
async function findPackage(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  const { name } = JSON.parse(text ?? '{}') as { name?: unknown }
  if (name === 'moonlet') return folder
  return dirname(folder) === folder ? undefined : await findPackage(dirname(folder))
}
