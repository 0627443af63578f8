/** The servers on this database: how each is, which one leads, and which are gone. */
import { component } from '../../alpine.js'
import { listNodes, type ServerNode, type ServerNodes } from '../../api/nodes.js'
import { loading, loadInto } from '../../shell/loading.js'
import { startPolling, type Polling } from '../../shell/polling.js'
import * as labels from './labels.js'

/** As often as servers say how they are. */
const POLL_MS = 3_000

component('nodes', () => {
  let polling: Polling | undefined
  return {
    ...loading(),
    rows: [] as ServerNode[],
    database: '',
    ...labels,

    init() {
      this.load()
      polling = startPolling(
        () => this.refresh(),
        () => this.database !== 'sqlite',
        POLL_MS
      )
    },
    destroy() {
      polling?.stop()
    },

    load(): Promise<void> {
      return loadInto(this, listNodes, loaded => {
        this.show(loaded)
      })
    },
    show({ database, nodes }: ServerNodes) {
      Object.assign(this, { database, rows: nodes })
    },
    /** A failure that is shown stays until there is something better, so that it is not read out again and again. */
    async refresh(): Promise<void> {
      if (this.status !== 'failed') return this.load()
      const loaded = await listNodes().catch(() => undefined)
      if (loaded !== undefined && this.status === 'failed') await this.load()
    },

    areSeveral(): boolean {
      return this.database === 'postgresql'
    },
    /** Of those that are up, when they differ. */
    versions(): string[] {
      const up = this.rows.filter(({ status }) => status === 'up')
      return [...new Set(up.map(({ version }) => version))].sort()
    }
  }
})
