/**
 * Sends what several askers want to know in one round trip, one at a time: what is asked while one is on its way goes
 * with the next one.
 */
import { deferToTickEnd } from '../../../../core/base/tick.js'
import type { Result, Statement } from '../db/statement.js'
import type { Database } from '../db/database.js'

export interface Question {
  readonly statement: Statement
  answered(rows: Result['rows']): void
  failed(error: unknown): void
}

/** Gives what is to be asked now; undefined: nothing. */
export type Asker = () => Question | undefined

export class Flights {
  /** In the order in which their locks are taken, which is the same on all servers. */
  private readonly askers: Asker[] = []
  private isFlying = false

  constructor(private readonly db: Pick<Database, 'read'>) {}

  /** Returns what is to be called when there is something to ask. */
  add(asker: Asker): () => void {
    this.askers.push(asker)
    return () => {
      if (this.isFlying) return
      this.isFlying = true
      deferToTickEnd(() => {
        void this.fly()
      })
    }
  }

  private async fly(): Promise<void> {
    for (let questions = this.collect(); questions.length > 0; questions = this.collect()) {
      await this.send(questions)
    }
    this.isFlying = false
  }

  private async send(questions: readonly Question[]): Promise<void> {
    const statements = questions.map(({ statement }) => statement)
    let results: readonly Result[]
    try {
      results = await this.db.read([], session => session.run(statements))
    } catch (error) {
      for (const question of questions) question.failed(error)
      return
    }
    for (const [index, question] of questions.entries()) {
      question.answered(results[index]?.rows ?? [])
    }
  }

  private collect(): Question[] {
    return this.askers.map(ask => ask()).filter(question => question !== undefined)
  }
}
