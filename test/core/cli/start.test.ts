/** What the program loads, and what it says in which form. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { createTerminal } from '../../../core/cli/terminal.js'
import { runProgram } from '../../../core/cli/program.js'
import { templates } from '../../../core/cli/remote/templates.js'
import { functionFileJsonSchema } from '../../../core/export-import/function-schema.js'
import { frontDoorFields } from '../../../core/validation/front-door/change.js'
import { parseFunctionFile } from '../../../core/export-import/function-file.js'
import { temporaryFolder } from '../../helpers/build.js'

const exec = promisify(execFile)
const program = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))

const hooks = `import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) {
  const found = next(name, context)
  process.stderr.write(found.url + '\\n')
  return found
} })`

t.test('what a command does not need is not loaded, so that it starts at once', async t => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'hooks.mjs'), hooks)
  const { stderr } = await exec(
    process.execPath,
    ['--import', join(folder, 'hooks.mjs'), program, '--help'],
    { env: {} }
  )
  t.match(stderr, /commander/)
  const others = stderr
    .split('\n')
    .filter(url => url.includes('node_modules') && !url.includes('node_modules/commander/'))
  t.same(others, [], 'no package but the parser of arguments')
  t.notMatch(stderr, /\/dist\/(?:plugins|sandbox)\/|node:http/)
})

t.test('with --json there is one document on standard output, whatever happens', async t => {
  for (const [args, code] of [
    [['bogus', '--json'], 2],
    [['push', '--bogus', '--json'], 2],
    [['--json', 'login', 'ftp://x', '--token', 'x'], 2],
    [['backup', 'absent', '--json', '--data-dir', '/nonexistent'], 1],
    [['completion', 'bash', '--json'], 0]
  ] as const) {
    const {
      stdout,
      stderr,
      code: exit
    } = await exec(process.execPath, [program, ...args], {
      env: { HOME: '/nonexistent' }
    }).then(
      done => ({ ...done, code: 0 }),
      (error: { stdout: string; stderr: string; code: number }) => error
    )
    t.same([exit, stderr], [code, ''], args.join(' '))
    const document = JSON.parse(stdout)
    t.ok(code === 0 ? Array.isArray(document.messages) : document.error.length > 10, stdout)
  }
})

t.test('there are colours on a terminal alone, and not where NO_COLOR is set', async t => {
  const say = (isTTY: boolean, env: Record<string, string>) => {
    const out = Object.assign(new PassThrough(), { isTTY })
    createTerminal(out, new PassThrough(), Date.now, env).say('x\u001b[2J', 'added')
    return String(out.read())
  }
  t.equal(say(true, {}), '\u001b[32mx\\u001b[2J\u001b[0m\n')
  for (const [isTTY, env] of [
    [false, {}],
    [true, { NO_COLOR: '1' }],
    [true, { TERM: 'dumb' }]
  ] as const) {
    t.equal(say(isTTY, env), 'x\\u001b[2J\n')
  }
})

t.test('completion knows every command, and is what its shell reads', async t => {
  const lines: string[] = []
  const terminal = { say: (line: string) => lines.push(line), note() {}, progress() {} }
  t.equal(await runProgram(['completion', 'bash'], terminal), 0)
  const folder = await temporaryFolder(t)
  const script = join(folder, 'completion.bash')
  await writeFile(script, lines.join('\n'))
  const complete = async (...words: string[]) => {
    const ask =
      `source '${script}'; COMP_WORDS=(moonlet ${words.map(word => `'${word}'`).join(' ')}); ` +
      `COMP_CWORD=${words.length}; _moonlet; echo "\${COMPREPLY[*]}"`
    return (await exec('bash', ['-c', ask])).stdout.trim()
  }
  t.equal(await complete('pul'), 'pull')
  t.match(await complete(''), /\bserve\b.*\bpush\b.*\brollback\b/)
  t.match(await complete('push', '--'), /--yes .*--message/)
  t.match(await complete('env', ''), /^list set unset/)
  t.equal(await complete('completion', 'z'), 'zsh')
  for (const shell of ['zsh', 'fish']) {
    lines.length = 0
    t.equal(await runProgram(['completion', shell], terminal), 0)
    t.match(lines.join('\n'), /rollback/)
  }
  const said: string[] = []
  t.equal(
    await runProgram(['completion', 'cmd'], { ...terminal, note: line => said.push(line) }),
    2
  )
})

t.test('moonlet new knows the templates of the dashboard', async t => {
  const source = await readFile('public/pages/templates.ts', 'utf8')
  const shown = Array.from(source.matchAll(/\bid: '(\w+)'[^}]*?(?:schedule: '([^']+)')?\s*\}/g))
  t.same(Object.keys(templates).sort(), shown.map(([, id]) => id).sort())
  const schedules = Object.values(templates).map(({ settings }) => settings?.cron_schedule)
  const scheduled = shown.map(([, , schedule]) => schedule)
  t.same(schedules.filter(Boolean), scheduled.filter(Boolean))
})

t.test('the schema for editors has every field that function.json may have', async t => {
  const { properties } = functionFileJsonSchema
  for (const name of frontDoorFields) t.ok(name in properties, name)
  for (const name of Object.keys(properties)) {
    const known = (() => {
      try {
        parseFunctionFile(JSON.stringify({ name: 'x', [name]: null }))
        return true
      } catch (error) {
        return !/there is no field/.test(String(error))
      }
    })()
    t.ok(known, name)
  }
})
