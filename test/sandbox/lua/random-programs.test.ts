/**
 * Random programs must print the same in Moonlet as in Lua 5.3. For at most a minute, from a fixed seed; FUZZ_SEED=…
 * takes other programs, FUZZ_SECONDS=… more time. What is found is shrunk and printed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { agree, chunkOf, outputs, randomProgram } from './random-programs/programs.js'
import { shrink } from './random-programs/shrink.js'
import { toLua } from './random-programs/statements.js'
import type { Statement } from './random-programs/statements.js'

const SEED = Number(process.env.FUZZ_SEED ?? 20261122)
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60)
/** Programs of a run that nobody asked to be longer: on a fast machine they take less than a minute. */
const MAX_PROGRAMS = process.env.FUZZ_SECONDS === undefined ? 5000 : Infinity
const BATCH = 50
const FINDINGS = 3
const LUA = 'lua5.3'
const player = fileURLToPath(new URL('random-programs/play.js', import.meta.url))

function play(command: string, args: string[], chunk: string): string {
  // Without NODE_OPTIONS, through which tap would put its loader into the process.
  const options = {
    input: chunk,
    encoding: 'latin1',
    timeout: 60000,
    maxBuffer: 2 ** 28,
    env: { PATH: process.env.PATH }
  } as const
  const { stdout, stderr, status, signal } = spawnSync(command, args, options)
  return status === 0 ? stdout : `${stdout}\nended by ${String(signal ?? status)} ${stderr}`
}

/** The numbers of programs that do not print the same in both. */
function different(programs: ReadonlyMap<number, string>): number[] {
  const chunk = chunkOf(programs)
  const expected = play(LUA, ['-'], chunk)
  const found = play(process.execPath, [player], chunk)
  if (expected === found) return []
  const [wanted, had] = [outputs(expected), outputs(found)]
  return [...programs.keys()].filter(number => !agree(wanted.get(number), had.get(number)))
}

function describe(seed: number): string {
  const differs = (statements: Statement[]): boolean =>
    different(new Map([[seed, toLua(statements)]])).length > 0
  const program = randomProgram(seed)
  if (!differs(program)) return `program ${seed} differs only after others`
  const text = toLua(shrink(program, differs))
  const chunk = chunkOf(new Map([[seed, text]]))
  return `program ${seed}:\n${text}Lua 5.3:\n${play(LUA, ['-'], chunk)}Moonlet:\n${play(process.execPath, [player], chunk)}`
}

const missing = spawnSync(LUA, ['-v']).error !== undefined

t.test(
  'random programs print the same as in Lua 5.3',
  { skip: missing && `${LUA} is not installed` },
  async t => {
    const until = Date.now() + SECONDS * 1000
    const findings: string[] = []
    for (
      let seed = SEED;
      Date.now() < until && seed < SEED + MAX_PROGRAMS && findings.length < FINDINGS;
      seed += BATCH
    ) {
      const programs = new Map(
        Array.from({ length: BATCH }, (_, i) => [seed + i, toLua(randomProgram(seed + i))])
      )
      for (const number of different(programs).slice(0, FINDINGS)) findings.push(describe(number))
    }
    for (const finding of findings) t.comment(finding)
    t.equal(findings.length, 0)
  }
)
