/** The Node.js that runs, and the addon of the database. */
import { toSentence } from '../process/start-error.js'
import { findings, type Finding } from './finding.js'

/** The line of Node.js that Moonlet brings and is tested on. */
const TESTED_MAJOR = 24

export function checkNode(): Finding {
  const { ok, warning } = findings('node')
  const text = `Node.js ${process.version} at ${process.execPath}`
  if (process.execPath.includes('/node-linux-')) return ok(`${text}, which Moonlet brought.`)
  return Number(process.versions.node.split('.')[0]) === TESTED_MAJOR
    ? ok(`${text}.`)
    : warning(
        `${text} serves in place of the one that Moonlet brings.`,
        'Install the optional packages too ("npm ci" without --omit=optional).'
      )
}

export async function checkAddon(): Promise<Finding> {
  const { ok, failed } = findings('addon')
  try {
    const { default: Database } = await import('better-sqlite3')
    const db = new Database(':memory:')
    const version = db.prepare('select sqlite_version()').pluck().get() as string
    db.close()
    return ok(`better-sqlite3 loads; SQLite ${version}.`)
  } catch (error) {
    return failed('better-sqlite3 does not load.', toSentence(error))
  }
}
