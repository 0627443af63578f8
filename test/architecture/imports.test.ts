/** The rules of config/dependency-cruiser.cjs, each shown an import that it must catch. */
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryFolder } from '../helpers/build.js'

interface Violation {
  readonly from: string
  readonly to: string
  readonly rule: { readonly name: string }
}

const CONFIG = resolve('config/dependency-cruiser.cjs')
const rules = (
  createRequire(import.meta.url)(CONFIG) as { forbidden: ReadonlyArray<{ name: string }> }
).forbidden.map(({ name }) => name)

/** By rule: a file, and what it imports though it must not. */
const breaches: Record<string, readonly [from: string, to: string]> = {
  'config-imports': ['config/load.ts', 'core/base/errors.ts'],
  'core-base-imports': ['core/base/ids.ts', 'core/contracts/records.ts'],
  'core-contracts-imports': ['core/contracts/plugin.ts', 'core/invoker/hooks.ts'],
  'core-connections-imports': ['core/connections/owner.ts', 'core/http/pagination.ts'],
  'core-http-imports': ['core/http/pagination.ts', 'core/invoker/hooks.ts'],
  'core-masking-imports': ['core/masking/event.ts', 'core/contracts/records.ts'],
  'core-lua-imports': ['core/lua/types.ts', 'sandbox/rpc/channel.ts'],
  'core-lua-advice-imports': ['core/lua-advice/tips.ts', 'core/lua/types.ts'],
  'core-lua-source-imports': ['core/lua-source/tokens.ts', 'core/base/errors.ts'],
  'core-access-imports': ['core/access/access-key.ts', 'core/http/pagination.ts'],
  'core-cron-imports': ['core/cron/schedule.ts', 'core/validation/limits.ts'],
  'core-validation-imports': ['core/validation/text.ts', 'core/http/pagination.ts'],
  'core-export-import-imports': ['core/export-import/export.ts', 'core/cli/program.ts'],
  'core-third-party-imports': ['core/third-party/load.ts', 'core/app.ts'],
  'core-invoker-imports': ['core/invoker/invoker.ts', 'sandbox/child/main.ts'],
  'core-process-imports': ['core/process/serve.ts', 'sandbox/rpc/channel.ts'],
  'core-doctor-imports': ['core/doctor/machine.ts', 'sandbox/scheduler/pool.ts'],
  'core-cli-imports': ['core/cli/backup.ts', 'plugins/storage/storage.ts'],
  'sandbox-protocol-imports': ['sandbox/protocol/frames.ts', 'sandbox/lua/api.ts'],
  'sandbox-rpc-imports': ['sandbox/rpc/channel.ts', 'sandbox/process/command.ts'],
  'sandbox-process-imports': ['sandbox/process/command.ts', 'sandbox/scheduler/pool.ts'],
  'sandbox-scheduler-imports': ['sandbox/scheduler/pool.ts', 'sandbox/child/main.ts'],
  'sandbox-lua-imports': ['sandbox/lua/engine.ts', 'sandbox/child/main.ts'],
  'sandbox-child-imports': ['sandbox/child/main.ts', 'core/base/errors.ts'],
  'contracts-are-types': ['core/contracts/server.ts', 'core/base/errors.ts'],
  'only-app-imports-plugins': ['sandbox/rpc/calls.ts', 'plugins/metrics.ts'],
  'plugins-stand-alone': ['plugins/auth/plugin.ts', 'plugins/storage/storage.ts'],
  'plugins-stand-on-core': ['plugins/health.ts', 'sandbox/scheduler/pool.ts'],
  'public-talks-http': ['public/main.ts', 'core/contracts/records.ts'],
  'nothing-imports-the-dashboard': ['plugins/dashboard/plugin.ts', 'public/main.ts']
}

/** What the rules say of a tree with these imports in it. */
async function cruise(
  folder: string,
  imports: ReadonlyArray<readonly [from: string, to: string, statement?: string]>
): Promise<Violation[]> {
  const texts = new Map<string, string>()
  for (const [from, to, statement = 'import'] of imports) {
    const path = relative(dirname(from), to).replace(/\.ts$/, '.js')
    const line = `${statement} { a } from '${path.startsWith('.') ? path : `./${path}`}'\n`
    texts.set(from, line + (texts.get(from) ?? 'export const a = 1\n'))
    if (!texts.has(to)) texts.set(to, 'export const a = 1\n')
  }
  for (const [file, text] of texts) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text.replace(/import \{ a \}/g, 'import { a as b }'))
  }
  await writeFile(join(folder, 'tsconfig.json'), await readFile('tsconfig.json'))
  const tops = [...new Set([...texts.keys()].map(file => file.split('/', 1)[0] as string))]
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      CONFIG,
      '--output-type',
      'json',
      ...tops
    ],
    { cwd: folder, env: { PATH: process.env.PATH }, maxBuffer: 1 << 26 }
  )
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations
}

t.test('every rule is shown a breach here', async t => {
  t.same(rules.toSorted(), ['no-circles', ...Object.keys(breaches)].toSorted())
})

t.test('every room of core and of the sandbox has a rule', async t => {
  for (const top of ['core', 'sandbox']) {
    for (const entry of await readdir(top, { withFileTypes: true })) {
      if (entry.isDirectory()) t.ok(rules.includes(`${top}-${entry.name}-imports`), entry.name)
    }
  }
})

t.test('every rule catches its breach', async t => {
  const found = await cruise(await temporaryFolder(t), Object.values(breaches))
  for (const [name, [from, to]] of Object.entries(breaches)) {
    t.ok(
      found.some(({ rule, ...file }) => rule.name === name && file.from === from && file.to === to),
      `${name}: ${from} imports ${to}`
    )
  }
})

t.test('a circle is caught, also one of types', async t => {
  const found = await cruise(await temporaryFolder(t), [
    ['core/base/a.ts', 'core/base/b.ts'],
    ['core/base/b.ts', 'core/base/a.ts', 'import type']
  ])
  t.ok(found.some(({ rule }) => rule.name === 'no-circles'))
})

t.test('what the table of ARCHITECTURE.md allows is no breach', async t => {
  const found = await cruise(await temporaryFolder(t), [
    ['core/app.ts', 'plugins/health.ts'],
    ['plugins/health.ts', 'core/base/errors.ts'],
    ['plugins/health.ts', 'core/contracts/server.ts', 'import type'],
    ['plugins/auth/plugin.ts', 'plugins/storage/storage.ts', 'import type'],
    ['plugins/lua/kv/module.ts', 'plugins/lua/utf8.ts'],
    ['core/contracts/server.ts', 'core/base/ids.ts', 'import type'],
    ['core/invoker/invoker.ts', 'sandbox/scheduler/pool.ts'],
    ['sandbox/scheduler/pool.ts', 'sandbox/process/command.ts'],
    ['sandbox/child/main.ts', 'plugins/lua/locals.ts'],
    ['sandbox/child/main.ts', 'sandbox/protocol/frames.ts'],
    ['core/cli/offline.ts', 'plugins/storage/offline.ts']
  ])
  t.same(
    found.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    []
  )
})
