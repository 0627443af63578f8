/** Each example plugin is a package with tests of its own: they are run as its author would. */
import t from 'tap'
import { execa } from 'execa'
import { copyExample } from './package-folder.js'

for (const name of ['markdown', 'smtp', 'redis']) {
  t.test(`the tests of the example ${name}`, async t => {
    const cwd = await copyExample(t, name)
    const { all, exitCode } = await execa('node', ['--test', '--test-reporter=tap'], {
      cwd,
      all: true,
      reject: false,
      env: { NODE_OPTIONS: '', TAP: '' }
    })
    const reason = /# SKIP (.*)/.exec(all)?.[1]
    t.equal(exitCode, 0, all)
    t.match(all, /^# fail 0$/m)
    if (reason === undefined) t.match(all, /^# pass [1-9]/m)
    else t.comment(`skipped: ${reason}`)
  })
}
