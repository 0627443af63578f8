/** What makes a change of plugins known to the server: its next start. */
import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { createOfflineStorage } from '../../../plugins/storage/offline.js'

const PATIENCE_MS = 5_000
const UNIT = 'moonlet.service'

export async function restartAdvice(dataFolder: string, what: 'load' | 'unload'): Promise<string> {
  const aim = what === 'load' ? 'load it' : 'be without it'
  if (!isInUse(dataFolder)) return `The next start of the server will ${aim}.`
  return (await isUnitActive())
    ? `A server runs on this data folder; for it to ${aim}: systemctl restart moonlet`
    : `A server runs on this data folder; restart it for it to ${aim}.`
}

function isInUse(dataFolder: string): boolean {
  try {
    return createOfflineStorage({ DATA_DIR: dataFolder, SECRET_KEY: undefined }).tryFolder().isInUse
  } catch {
    // What is wrong with the folder, the server and "moonlet doctor" tell.
    return false
  }
}

async function isUnitActive(): Promise<boolean> {
  if (!existsSync('/run/systemd/system')) return false
  const options = { reject: false, timeout: PATIENCE_MS, stdin: 'ignore' } as const
  return (await execa('systemctl', ['is-active', '--quiet', UNIT], options)).exitCode === 0
}
