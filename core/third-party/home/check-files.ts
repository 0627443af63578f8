/**
 * Whose the files of a plugin are: its code runs with all rights of the server, so nobody but root and the server's
 * user may be able to change it.
 */
import { lstatSync, readdirSync, readlinkSync, statSync, type Stats } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { pluginFailure } from '../failure.js'
import type { HomePlugin } from './find.js'

/** Group and others. */
const WRITABLE = 0o022

/** Throws PLUGIN_FAILED, with what to do, for the first file that others may change. `user` is the server's. */
export function checkFiles(
  plugin: HomePlugin,
  user: number | undefined = process.geteuid?.()
): void {
  const home = dirname(plugin.path)
  // The folder of all plugins may be a link, as the data folder may.
  checkStats({ plugin, user, top: home }, home, statSync(home))
  walk({ plugin, user, top: plugin.path }, plugin.path)
}

interface Check {
  readonly plugin: HomePlugin
  readonly user: number | undefined
  /** What a remedy is for. */
  readonly top: string
}

function walk(check: Check, folder: string): void {
  checkStats(check, folder, lstatSync(folder))
  for (const entry of listed(check, folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) walk(check, path)
    else checkStats(check, path, lstatSync(path))
  }
}

function listed({ plugin, top }: Check, folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw pluginFailure(
      { ...plugin, file: folder },
      `cannot be read by the server's user; run: chmod -R a+rX ${top}`,
      error
    )
  }
}

function checkStats({ plugin, user, top }: Check, path: string, stats: Stats): void {
  const problem =
    whyForeign(stats, user, top) ??
    (stats.isSymbolicLink() ? whyLeadingOut(path, top) : whyWritable(stats, top))
  if (problem !== undefined) throw pluginFailure({ ...plugin, file: path }, problem)
}

function whyForeign({ uid }: Stats, user: number | undefined, top: string): string | undefined {
  if (user === undefined || uid === 0 || uid === user) return undefined
  const owner = user === 0 ? 'not to root' : `neither to root nor to the server's user (${user})`
  return `belongs to the user ${uid}, ${owner}; if you trust it, run: chown -R root: ${top}`
}

function whyWritable({ mode }: Stats, top: string): string | undefined {
  return (mode & WRITABLE) === 0
    ? undefined
    : `can be changed by others (mode ${(mode & 0o777).toString(8)}); run: chmod -R go-w ${top}`
}

function whyLeadingOut(link: string, top: string): string | undefined {
  const target = resolve(dirname(link), readlinkSync(link))
  return target.startsWith(`${top}${sep}`)
    ? undefined
    : `is a link that leads out of the plugin's folder, to ${target}; put there what it leads to`
}
