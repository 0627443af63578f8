/**
 * `npm run build`: the sources into dist/; with --tests the tests too. With --if-changed, as `npm start` asks for it,
 * only when dist/ holds no build of these sources. Packages that were made in dist/ stay, and servers that run on
 * another build are not disturbed (store.mjs).
 */
await import('../check-tools.mjs')
const { digestSources } = await import('./digest.mjs')
const { whileLocked } = await import('./lock.mjs')
const { addBuild, findBuild, isCurrent, publish, removeOld } = await import('./store.mjs')

const tests = process.argv.includes('--tests')
const ifChanged = process.argv.includes('--if-changed')

const digest = await digestSources()
const isDone = async () => ifChanged && (await isCurrent(digest))
// Asked for a second time because another process may have built meanwhile.
if (!(await isDone())) {
  await whileLocked(async () => {
    if (!(await isDone())) await makeCurrent()
  })
}

async function makeCurrent() {
  const found = ifChanged ? await findBuild(digest) : undefined
  await publish(found ?? (await buildNow()), { keepTests: tests })
  if (tests) await (await import('./build.mjs')).buildTests()
  await removeOld()
}

/** Loads what builds, which is much. */
async function buildNow() {
  const { buildAll } = await import('./build.mjs')
  return await addBuild(digest, out => buildAll({ out, standsIn: 'dist', tests }))
}
