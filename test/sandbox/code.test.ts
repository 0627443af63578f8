/** The code of the sandbox's program, which one process hands to the later ones. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { bareBarriers } from '../../sandbox/process/barriers.js'
import { calibrate } from '../../sandbox/process/calibration.js'
import { childProgram, sandboxCommand } from '../../sandbox/process/command.js'
import type { ProcessOptions } from '../../sandbox/process/process-options.js'
import { encodeFrame } from '../../sandbox/protocol/codec.js'
import { PROTOCOL_VERSION, ToChild } from '../../sandbox/protocol/frames.js'
import { unchangedPriority } from '../../sandbox/process/start-priority.js'
import { eventually } from '../helpers/eventually.js'
import { returning, startRig } from './rig.js'

const MIB = 1024 ** 2

async function processOptions(
  code: Buffer | undefined
): Promise<{ options: ProcessOptions; reports: string[] }> {
  const reports: string[] = []
  const options = {
    command: sandboxCommand({
      barriers: await bareBarriers(),
      memoryMb: 128,
      baseDataBytes: undefined,
      program: childProgram(),
      codeBytes: code?.length ?? 0
    }),
    codeCache: code,
    entries: [],
    hello: encodeFrame([ToChild.hello, PROTOCOL_VERSION, '[]', [MIB, MIB, 64 * MIB], true]),
    frameLimit: 16 * MIB,
    responseLimit: MIB,
    memoryMb: 128,
    priority: unchangedPriority,
    timeoutMs: 10_000,
    baseUrl: () => '',
    onInternalError(name: string, error: unknown) {
      reports.push(`${name}: ${(error as Error).message}`)
    }
  }
  return { options, reports }
}

t.test(
  'all processes of a server begin with the code of the first one, and V8 takes it',
  async t => {
    const { scheduler, body, errors } = await startRig(t)
    t.equal(await body(returning('"x"')), 'x')
    // One that was just started may still be the command that puts up the barriers.
    const codeBytes = (pid: number) =>
      Number(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').at(-2))
    await eventually(t, () => scheduler.pids.every(pid => codeBytes(pid) > 100_000), true)
    t.same(errors, [])
  }
)

t.test('a process that was given code hands out the same kind again', async t => {
  const { codeCache: first } = await calibrate((await processOptions(undefined)).options)
  const { options, reports } = await processOptions(first)
  const { codeCache: second } = await calibrate(options)
  t.ok(
    first !== undefined &&
      second !== undefined &&
      Math.abs(first.length - second.length) < first.length / 2
  )
  t.same(reports, [])
})

t.test('code that V8 does not take is reported, and the process compiles by itself', async t => {
  const { options, reports } = await processOptions(Buffer.alloc(5000, 'not code'))
  t.ok((await calibrate(options)).codeCache)
  t.match(reports, [/^sandbox: .*V8 did not take/])
})
