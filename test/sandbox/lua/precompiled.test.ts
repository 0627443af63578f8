/** Lua of ours that the build compiles into the sandbox's program. */
import t from 'tap'
import { compile, precompiled, sources } from './load.js'

for (const name of Object.keys(sources) as Array<keyof typeof sources>) {
  t.test(`${name}: the code in the bundle is what the compiler makes of its source`, async t => {
    t.same(precompiled(name), compile(sources[name], name))
    t.not(precompiled(name), precompiled(name), 'each time a new one, which keeps its own hints')
  })
}
