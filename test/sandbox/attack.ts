/** Attacks by Lua code on a real process: each ends as expected, and nothing else notices. */
import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import { returning, type Rig } from './rig.js'

export const fixture = (name: string): string => readFileSync(`test/fixtures/${name}.lua`, 'utf8')

const fine = returning('"fine"')

/** Whether there is a process of that id. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The same function and another one answer, and every process that is gone from the pool is gone. */
export async function expectHealth(
  t: Test,
  { scheduler, body }: Rig,
  fn: string,
  before: readonly number[]
): Promise<void> {
  t.equal(await body(fine, { fn }), 'fine', 'the same function answers')
  t.equal(await body(fine, { fn: 'another' }), 'fine', 'another function answers')
  const pids = new Set(scheduler.pids)
  const gone = before.filter(pid => !pids.has(pid))
  await eventually(t, () => gone.filter(alive), [], 'no process is left over')
}

/** Runs the fixture as a function of its name; `expected` is for the body, or for the fault's kind and message. */
export async function attack(t: Test, rig: Rig, name: string, expected: RegExp): Promise<void> {
  const before = rig.scheduler.pids
  t.match(await rig.body(fixture(name), { fn: name }), expected, 'it ends as it should')
  await expectHealth(t, rig, name, before)
  t.same(rig.errors, [], 'no inner error')
}
