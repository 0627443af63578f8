/** A child that breaks the protocol in every way there is: its run fails, it is killed, and that is all. */
import { readFileSync, realpathSync } from 'node:fs'
import t from 'tap'
import { Nil } from '../../core/lua/types/declare.js'
import { host, luaModule } from '../../core/lua/module.js'
import { logModule } from '../../plugins/lua/log/module.js'
import { eventually } from '../helpers/eventually.js'
import { startRig, type Rig } from './rig.js'

const program = realpathSync('test/fixtures/forger.cjs')
const source = readFileSync(program, 'utf8')
const names = [
  ...source
    .slice(source.indexOf('const forgeries'), source.indexOf('const deaths'))
    .matchAll(/^ {2}'?([a-z-]+)'?: /gm)
].map(([, name]) => name as string)

/** Function number 4 of the manifest: waits until its invocation ends. */
const slow = () =>
  luaModule('slow', {
    doc: 'Waits.',
    functions: {
      wait: host({
        doc: 'Waits until the invocation ends.',
        params: [],
        returns: Nil,
        example: 'return {}',
        run: ({ signal }) =>
          new Promise<undefined>(resolve => {
            signal.addEventListener('abort', () => {
              resolve(undefined)
            })
          })
      })
    }
  })

const rig = await startRig(t, { program, modules: [logModule(), slow()] })

/** Processes that ended because they broke the protocol. */
const broken = (): number => rig.scheduler.exitCounts().protocol ?? 0

async function expectAnswer({ run }: Rig): Promise<string> {
  const { answer } = await run('', { fn: 'next' })
  return Buffer.from(answer?.body ?? []).toString()
}

t.test('the forger answers properly when it is not asked to forge', async t => {
  t.equal(await expectAnswer(rig), 'answered')
  t.ok(names.length > 30, `${names.length} forgeries`)
})

for (const name of names) {
  t.test(`${name}: the run fails with the protocol's fault and the process is killed`, async t => {
    const before = broken()
    const { fault } = await rig.run('', { fn: name, requestId: `do:${name}` })
    t.equal(fault?.kind, 'protocol', fault?.message ?? 'no fault')
    t.match(fault?.message, /^the sandbox process broke the protocol: .{10,}/)
    if (name.startsWith('too-many-values')) {
      t.match(fault?.message, /a frame of more than 50003 values/)
    }
    t.equal(broken(), before + 1, 'one process is gone')
    t.equal(await expectAnswer(rig), 'answered')
  })
}

t.test('an answer given twice is one answer, and the end of that process', async t => {
  const before = broken()
  const { answer } = await rig.run('', { fn: 'twice', requestId: 'do:twice' })
  t.equal(Buffer.from(answer?.body ?? []).toString(), 'answered')
  await eventually(t, broken, before + 1)
  t.equal(await expectAnswer(rig), 'answered')
})

for (const [name, expected] of [
  ['half-a-frame', /exit code 0/],
  ['exit', /exit code 3/],
  ['close', /closed its channel/]
] as const) {
  t.test(`${name}: the run fails as a crash`, async t => {
    const { fault } = await rig.run('', { fn: name, requestId: `do:${name}` })
    t.equal(fault?.kind, 'crash')
    t.match(fault?.message, expected)
    t.equal(await expectAnswer(rig), 'answered')
  })
}
