/** A process that is bound to a version, and compiles its code, before the first job. */
import t from 'tap'
import { loadConfig } from '../../../config/load.js'
import { toManifest } from '../../../core/lua/manifest.js'
import { stoppedFault } from '../../../sandbox/process/exit-error.js'
import { createSandboxFactory } from '../../../sandbox/process/sandbox-factory.js'
import { eventually } from '../../helpers/eventually.js'
import { returning, toJob } from '../rig.js'

t.test('one that was unbound for long is idle since it was bound', async t => {
  const factory = await createSandboxFactory({
    settings: loadConfig({}),
    manifest: toManifest([]),
    modules: [],
    baseUrl: () => '',
    onInternalError: (name, error) => {
      t.fail(name, { error })
    }
  })
  t.teardown(() => factory.stop())
  let isPrepared = false
  const process = factory.start({
    onReady() {},
    onPrepared: () => {
      isPrepared = true
    },
    onInvocationEnd() {},
    onExit() {}
  })
  t.ok(await process.handshake)
  process.rest()
  const boundAt = performance.now()
  t.ok(process.idleSince < boundAt, 'until then since it was ready')
  process.prepare(toJob(returning('"x"')))
  await eventually(t, () => isPrepared, true)
  t.ok(process.idleSince >= boundAt)
  t.notOk(process.hasRested, 'what it compiles is memory to give back')
  process.kill(stoppedFault)
  await process.exited
})
