/** The conformance cases against a server on PostgreSQL. */
import t from 'tap'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onPostgres } from './helpers/postgres.js'

await onPostgres(t, async postgres => {
  const DATABASE_URL = await postgres.create()
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['.ci/conformance.mjs', 'test/conformance/run.mjs'],
    { env: { ...process.env, DATABASE_URL }, maxBuffer: 64 * 1024 ** 2 }
  ).catch((error: unknown) => error as { stdout: string })
  t.match(stdout, /^\d+ passed, 0 failed$/m)
  for (const line of stdout.split('\n').filter(line => line.startsWith('not ok'))) t.fail(line)
})
