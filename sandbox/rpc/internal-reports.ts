/** What a child says of defects of ours in it, for the server's log. */
import { ProtocolFault } from '../protocol/frames.js'
import { budgets } from './budgets.js'
import { readBinary } from './frames-from-child.js'

const MAX_NAME = 200
const MAX_TEXT = 10_000

export class InternalReports {
  private count = 0

  constructor(private readonly onInternalError: (name: string, error: unknown) => void) {}

  /** Throws a ProtocolFault when there are too many. */
  take([, name, text]: readonly unknown[]): void {
    if (++this.count > budgets.internalReports) {
      throw new ProtocolFault('too many reports of inner errors')
    }
    this.onInternalError(
      readBinary(name, 'a name').slice(0, MAX_NAME),
      new Error(readBinary(text, 'a report').slice(0, MAX_TEXT))
    )
  }
}
