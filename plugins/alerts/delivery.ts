/** From a message to whom it is for. */
import type { AlertMessage, AlertTarget, FunctionTarget } from '../../core/contracts/alerts.js'
import type { Jobs } from '../../core/contracts/jobs.js'
import { madeEvent } from '../../core/http/made-event.js'
import type { Mailer } from './mail.js'
import type { RuleWatch } from './rule-watch.js'
import { sendWebhook } from './webhook.js'

export interface DeliveryOptions {
  readonly mailer: Mailer
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly testMessageOf: (watch: RuleWatch) => AlertMessage
}

export class AlertDelivery {
  constructor(private readonly options: DeliveryOptions) {}

  get mailProblem(): string | undefined {
    return this.options.mailer.problem
  }

  async sendTest(watch: RuleWatch): Promise<string | undefined> {
    return await this.send(watch.rule.target, this.options.testMessageOf(watch))
  }

  /** Resolves with the id of the job that calls a function. Rejects with an Error in words for people. */
  async send(target: AlertTarget, message: AlertMessage): Promise<string | undefined> {
    switch (target.kind) {
      case 'webhook':
        await sendWebhook(target, message)
        return undefined
      case 'mail':
        await this.options.mailer.send(target, message)
        return undefined
      case 'function':
        return await this.callFunction(target, message)
    }
  }

  /** A job tries it again by the function's own policy. */
  private async callFunction(
    { functionId }: FunctionTarget,
    message: AlertMessage
  ): Promise<string> {
    const { alert, status, at } = message
    const { id } = await this.options.jobs.enqueue({
      functionId,
      trigger: 'alert',
      event: madeEvent(functionId, {
        method: 'POST',
        path: '/',
        headers: { 'Content-Type': 'application/json' },
        query: {},
        body: Buffer.from(JSON.stringify(message))
      }),
      // Of a message that is sent twice, since the server died in between, one job is made.
      idempotencyKey: status === 'test' ? undefined : `alert ${alert.id} ${status} ${at}`
    })
    return id
  }
}
