/** The other workers, as one of them sees them: through the process that started all. */
import type * as contract from '../../contracts/workers.js'
import type { Order } from './messages.js'
import { Questions } from './questions.js'
import { report } from './report.js'

/** The process that gathers waits two seconds for each. */
const PATIENCE_MS = 4_000

export class Colleagues implements contract.Workers {
  private readonly questions = new Questions<readonly contract.Metrics[]>()
  private read: () => Promise<contract.Metrics> = async () => []

  constructor(readonly number: number) {}

  measureBy(read: () => Promise<contract.Metrics>): void {
    this.read = read
  }

  /** Without anybody to ask, its own alone. */
  async gatherMetrics(): Promise<readonly contract.Metrics[]> {
    const all = await this.questions.ask(id => {
      void report({ kind: 'gather', id })
    }, PATIENCE_MS)
    return all ?? [await this.read()]
  }

  obey(order: Order): void {
    if (order.kind === 'gathered') this.questions.answer(order.id, order.all)
    if (order.kind !== 'measure') return
    // One that cannot be read is one that does not answer.
    this.read().then(
      metrics => report({ kind: 'measured', id: order.id, metrics }),
      () => {}
    )
  }
}
