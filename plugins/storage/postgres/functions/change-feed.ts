/**
 * Tells listeners that reads of a function have another result now: of this server's changes when they are committed,
 * before their promises resolve; of other servers' when the database says so (db/change-listener.ts).
 */
import { tellAll } from '../../../../core/base/tell-all.js'
import type { Session } from '../db/transaction.js'

/** What a change of variables is called: it is none of the function as callers see it. */
const VARIABLES = 'env '
export const variablesOf = (functionId: string): string => VARIABLES + functionId
/** What a change of something else is called, that servers keep in memory. */
const TOPIC = 'topic '

export const isTopic = (id: string): boolean => id.startsWith(TOPIC)

/** Says in the batch that something of the topic was changed, last, since every change of this kind waits for it. */
export const noteTopic = (topic: string, node: () => number): [string, string, number] => [
  'select note_change($1, $2)',
  TOPIC + topic,
  node()
]

export class ChangeFeed {
  private readonly listeners = new Set<(functionId: string) => void>()
  private readonly first = new Set<(functionId: string) => void>()
  private readonly variables = new Set<(functionId: string) => void>()
  private readonly topics = new Map<string, () => void>()

  constructor(private readonly node: () => number) {}

  /** Within the transaction of the change; `tell` after it is committed. */
  async note(session: Session, functionIds: readonly string[]): Promise<void> {
    await session.run(
      functionIds.map(id => ({ sql: 'select note_change($1, $2)', values: [id, this.node()] }))
    )
  }

  tell(functionIds: readonly string[]): void {
    for (const id of functionIds) {
      if (id.startsWith(VARIABLES)) {
        tellAll(this.variables, id.slice(VARIABLES.length))
      } else if (isTopic(id)) {
        this.topics.get(id.slice(TOPIC.length))?.()
      } else {
        tellAll(this.first, id)
        tellAll(this.listeners, id)
      }
    }
  }

  /** Of a set of variables: a function's, or with an empty id the shared ones. */
  onVariables(listener: (functionId: string) => void): void {
    this.variables.add(listener)
  }

  /** Also of this server. */
  onTopic(topic: string, listener: () => void): void {
    this.topics.set(topic, listener)
  }

  /** For the storage's own caches, which have to be right before anybody else looks. */
  onChangeFirst(listener: (functionId: string) => void): void {
    this.first.add(listener)
  }

  onChange(listener: (functionId: string) => void): () => void {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }
}

/** Tells of the changes once what was called has resolved, unless with false: then nothing was changed. */
export async function tellAfter<T>(
  feed: ChangeFeed,
  functionIds: readonly string[],
  done: Promise<T>
): Promise<T> {
  const result = await done
  if (result !== false) feed.tell(functionIds)
  return result
}
