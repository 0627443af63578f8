/** What users of the dashboard do, beside hello: how much of its rate is left. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openStorage } from '../../../plugins/storage/storage.js'
import { createFunction, KEY } from '../api.js'
import { seedHistory } from '../history.js'
import { runLoad } from '../load.js'
import { startEnvironment } from '../../helpers/start-environment.js'
import { calling, inBackground } from './background.js'
import {
  costOf,
  loadColumns,
  printLoad,
  source,
  title,
  withServer,
  type GrowthOptions
} from './server.js'

const SECRET = Buffer.alloc(32, 1)
/** As a person at a page does: the next request a moment after the answer to the last. */
const PAUSE_MS = 100

export async function measureBeside({ server: program, ...options }: GrowthOptions): Promise<void> {
  title(
    `hello beside a user of the dashboard, ${options.executions} executions (ratio: of hello right before)`,
    ...loadColumns
  )
  let functions: readonly string[] = []
  let folder = ''
  await withServer(
    program,
    async server => {
      const { base } = server
      const url = `${base}/fn/${await createFunction(base, 'hello', await source('hello'))}`
      const load = { url, connections: options.connections, seconds: options.seconds }
      await runLoad({ ...load, seconds: 3 })
      const headers = { authorization: `Bearer ${KEY}` }
      const [large = '', ...others] = functions
      const get = (path: string) => calling(`${base}/api/${path}`, { headers })
      const executions = `functions/${large}/executions?limit=50`
      const works: Record<string, () => Promise<boolean>> = {
        'text search, absent': get(`${executions}&text=nowhere`),
        'text search, frequent': get(`${executions}&text=catalogue`),
        'filter with a count': get(`${executions}&status=error&offset=1000`),
        'list of functions with a search': get('functions?limit=50&search=99'),
        'delete of small functions': () => remove(base, others.pop() ?? '', headers),
        'delete of a large function': () => remove(base, large, headers),
        backup: () => backup(join(folder, `copy-${performance.now()}.db`), folder)
      }
      for (const [name, work] of Object.entries(works)) {
        const alone = await costOf(server, () => runLoad(load))
        const background = inBackground([work], PAUSE_MS)
        const beside = await costOf(server, () => runLoad(load))
        await background.stop()
        printLoad('hello', alone, alone.rate)
        printLoad(`beside: ${name}`, beside, alone.rate, `${background.answered()} done`)
      }
    },
    { SECRET_KEY: SECRET.toString('hex') },
    async path => {
      folder = path
      const storage = await openStorage({ file: join(path, 'moonlet.db'), secretKey: SECRET })
      const now = Math.floor(Date.now() / 1000)
      functions = await seedHistory(storage, { executions: options.executions, now })
      await storage.close()
    }
  )
}

async function remove(base: string, id: string, headers: HeadersInit): Promise<boolean> {
  const { ok } = await fetch(`${base}/api/functions/${id}`, { method: 'DELETE', headers })
  return ok
}

async function backup(file: string, folder: string): Promise<boolean> {
  const cli = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))
  await promisify(execFile)(process.execPath, [cli, 'backup', file], {
    env: { ...startEnvironment, PATH: process.env.PATH ?? '', DATA_DIR: folder }
  })
  return true
}
