/**
 * Small Lua programs in Moonlet's engine, in plain Fengari and in PUC Lua 5.3 and 5.4, measured in turn in the same
 * run. Prints medians, ratios and their geometric means; fails when an output differs from Lua 5.3's or when a
 * program is slower than in plain Fengari. Usage, after `npm run build -- --tests`:
 *
 *   node dist/test/bench/lua-programs.js [--rounds N] [--only NAME] [--json FILE]
 *
 * In the JavaScript engines each program runs for a second, uncounted, before it is measured.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

interface Measured {
  readonly milliseconds: number
  readonly output: string
}
interface Row {
  readonly program: string
  readonly [engine: string]: Measured | string | undefined
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
    json: { type: 'string' }
  }
})
const rounds = Number(options.rounds)
const folder = fileURLToPath(new URL('../../../test/bench/lua/', import.meta.url))
const runner = fileURLToPath(new URL('lua-program.js', import.meta.url))

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

function measureNode(engine: string, file: string): Measured {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [runner, engine, file, String(rounds)],
    { encoding: 'latin1', maxBuffer: 2 ** 26 }
  )
  if (status !== 0) throw new Error(`${engine} failed on ${file}: ${stderr}`)
  const { times, output } = JSON.parse(stdout) as { times: number[]; output: string[] }
  return { milliseconds: median(times), output: output.join('\n') }
}

/** Undefined where this Lua is not installed. */
function measurePuc(binary: string, file: string): Measured | undefined {
  const times: number[] = []
  let output = ''
  for (let round = 0; round < rounds; round++) {
    const script =
      'local f = assert(loadfile(arg[1])) local c = os.clock() f() io.stderr:write(os.clock() - c)'
    const { stdout, stderr, status, error } = spawnSync(binary, ['-', file], {
      input: script,
      encoding: 'latin1',
      maxBuffer: 2 ** 26
    })
    if (error !== undefined) return undefined
    if (status !== 0) throw new Error(`${binary} failed on ${file}: ${stderr}`)
    times.push(Number(stderr) * 1000)
    output = stdout.trimEnd()
  }
  return { milliseconds: median(times), output }
}

const rows: Row[] = []
const wrong: string[] = []
for (const name of readdirSync(folder)
  .filter(file => file.endsWith('.lua'))
  .sort()) {
  const program = name.slice(0, -4)
  if (options.only !== undefined && options.only !== program) continue
  const file = folder + name
  const row: Row = {
    program,
    moonlet: measureNode('moonlet', file),
    fengari: measureNode('fengari', file),
    lua53: measurePuc('lua5.3', file),
    lua54: measurePuc('lua5.4', file)
  }
  const { moonlet, lua53 } = row as unknown as { moonlet: Measured; lua53?: Measured }
  if (lua53 !== undefined && moonlet.output !== lua53.output) {
    wrong.push(`${program}: printed ${moonlet.output}, Lua 5.3 ${lua53.output}`)
  }
  rows.push(row)
}

const time = (row: Row, engine: string): number =>
  (row[engine] as Measured | undefined)?.milliseconds ?? NaN
const cell = (value: number, digits = 1): string =>
  (Number.isNaN(value) ? '–' : value.toFixed(digits)).padStart(10)
console.log(
  `${cpus()[0]?.model ?? '?'}, ${cpus().length} cores, Node ${process.version}, medians of ${rounds} rounds in milliseconds`
)
console.log(
  `${'program'.padEnd(18)}${['moonlet', 'fengari', 'lua5.3', 'lua5.4', '× fengari', '× lua5.3', '× lua5.4'].map(text => text.padStart(10)).join('')}`
)
for (const row of rows) {
  const own = time(row, 'moonlet')
  console.log(
    row.program.padEnd(18) +
      ['moonlet', 'fengari', 'lua53', 'lua54'].map(engine => cell(time(row, engine), 2)).join('') +
      ['fengari', 'lua53', 'lua54'].map(engine => cell(time(row, engine) / own, 2)).join('')
  )
}
const means = Object.fromEntries(
  ['fengari', 'lua53', 'lua54'].map(engine => [
    engine,
    geometricMean(
      rows
        .map(row => time(row, engine) / time(row, 'moonlet'))
        .filter(ratio => !Number.isNaN(ratio))
    )
  ])
)
console.log(
  `geometric mean of the ratios: ${Object.entries(means)
    .map(([engine, mean]) => `${engine} ${cell(mean, 2).trim()}`)
    .join(', ')}`
)
for (const [engine, binary] of [
  ['lua53', 'lua5.3'],
  ['lua54', 'lua5.4']
] as const) {
  if (rows.every(row => row[engine] === undefined)) {
    console.log(`${binary} is not installed: its columns are empty`)
  }
}
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, rounds, rows, means }, null, 2)
  )
}
const slower = rows
  .filter(row => time(row, 'moonlet') > time(row, 'fengari'))
  .map(row => `${row.program} is slower than in plain Fengari`)
for (const line of [...wrong, ...slower]) console.error(line)
if (wrong.length + slower.length > 0) process.exitCode = 1
