import { tellAll } from '../../../core/base/tell-all.js'
import type { Batch } from './batch.js'

/** Tells listeners that reads of a function have another result now. */
export interface ChangeFeed {
  /** Within a batch, after the write: reads see it already. If the batch fails, the listeners are told once more. */
  changed(functionId: string): void
  onChange(listener: (functionId: string) => void): () => void
}

export function createChangeFeed(batch: Batch): ChangeFeed {
  const listeners = new Set<(functionId: string) => void>()
  const inBatch = new Set<string>()
  const tell = (functionId: string): void => {
    tellAll(listeners, functionId)
  }
  batch.onCommit({
    before() {},
    after(durable) {
      if (!durable) inBatch.forEach(tell)
      inBatch.clear()
    }
  })
  return {
    changed(functionId) {
      inBatch.add(functionId)
      tell(functionId)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    }
  }
}
