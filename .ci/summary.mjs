// Reads what the steps of .ci/run left behind. `failures DIR` shows the failed tests; `total DIR` prints the
// closing line and exits with 1 unless everything passed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const [mode, folder] = process.argv.slice(2)
const read = name => {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    return ''
  }
}
const tap = read('tap.log')

/** Top-level results of the TAP stream: one a test file; and the assertion counts of the runner's last comment. */
const counts = /^# \{([^}]*)\}\s*$/m.exec(tap.slice(tap.lastIndexOf('\n# {')))?.[1] ?? ''
const count = name => Number(new RegExp(`\\b${name}: (\\d+)`).exec(counts)?.[1] ?? 0)

if (mode === 'failures') {
  const lines = tap.split('\n')
  lines.forEach((line, i) => {
    if (/^(\s*not ok |# again: )/.test(line)) console.log(lines.slice(i, i + 25).join('\n'))
  })
  console.log(counts === '' ? tap.slice(-3000) : `{${counts}}`)
  process.exit(0)
}

const steps = read('steps').trim().split('\n')
const conformance = /^(\d+) passed, (\d+) failed$/m.exec(read('conformance.log'))
const passed =
  count('pass') + steps.filter(step => step === 'pass').length + Number(conformance?.[1] ?? 0)
let failed =
  count('fail') + steps.filter(step => step === 'fail').length + Number(conformance?.[2] ?? 0)
// A runner that ended badly without saying what failed is a failure of its own.
if (read('tap.exit').trim() !== '0' && count('fail') === 0) failed++
if (read('conformance.exit').trim() !== '0' && Number(conformance?.[2] ?? 0) === 0) failed++
if (passed === 0) failed++
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
