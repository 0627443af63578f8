/** Faults one after the other to one cluster under load, and what must hold after all of them. */
import assert from 'node:assert/strict'
import { checkGone } from '../checks.js'
import { inCluster, type ClusterOptions } from './cluster.js'
import { faults, mountSmall, type FaultName } from './faults.js'
import { checkReport, createFunctions, startClusterLoad } from './load.js'

/** Those for which a node is in a network of its own. */
const cuts: readonly FaultName[] = ['cutNode', 'loseQuestions', 'loseAnswers']

export interface RunOptions {
  readonly names: readonly FaultName[]
  readonly lastMs: number
  readonly onFault?: (text: string) => void
  /** Every node must answer again so soon after a fault; not checked unless given. */
  readonly withinMs?: number
}

export async function runFaults(options: RunOptions): Promise<string> {
  if (!options.names.includes('fillDisk')) {
    const { names } = options
    const hasNetwork = names.some(name => cuts.includes(name))
    return runOn({ hasReplica: names.includes('failOver'), hasNetwork }, options)
  }
  const small = await mountSmall(220)
  if (small === undefined) return 'skipped: no file system can be mounted here (that wants root)'
  try {
    return await runOn(
      {
        postgres: {
          folder: small.folder,
          options: ['-c', 'min_wal_size=32MB', '-c', 'max_wal_size=64MB']
        }
      },
      options
    )
  } finally {
    await small.end()
  }
}

function runOn(
  clusterOptions: ClusterOptions,
  { names, lastMs, onFault = () => {}, withinMs = Infinity }: RunOptions
): Promise<string> {
  const postgres = {
    ...clusterOptions.postgres,
    options: [...(clusterOptions.postgres?.options ?? []), '-c', 'max_connections=60']
  }
  return inCluster({ ...clusterOptions, postgres }, async cluster => {
    const functions = await createFunctions(cluster)
    const load = startClusterLoad(cluster, functions)
    try {
      for (const name of names) {
        const { recoveredMs, how } = await faults[name]({ cluster, functions, lastMs })
        const way = how === undefined ? '' : ` (${how})`
        onFault(`${name}${way}: every node answers ${Math.round(recoveredMs)} ms after it`)
        assert.ok(recoveredMs <= withinMs, `${name}: ${recoveredMs} ms until every node answered`)
      }
    } finally {
      await load.stop()
    }
    const what = await checkReport(cluster, functions, load.report)
    for (const node of cluster.nodes) {
      const sandboxes = node.server.sandboxes()
      assert.equal(await node.server.end('SIGTERM'), 0, 'a node ends in order')
      await checkGone(sandboxes)
      const trace = /^.*(?:"stack":|\n\s+at ).*$/m.exec(node.output())?.[0]
      assert.equal(trace, undefined, 'no stack in the log')
    }
    return `${names.join(', ')}: ${what}`
  })
}
