/** What becomes of an execution when the database could not keep what it wrote. */
import type { FinishedExecution } from '../../../core/contracts/executions.js'

export const LOST = 'The database could not keep what this execution stored.'

/** An execution whose writes were lost has failed, even if its handler returned. */
export const toFailed = (end: FinishedExecution): FinishedExecution => ({
  ...end,
  status: 'error',
  statusCode: undefined,
  errorMessage: LOST,
  fault: { kind: 'runtime', message: LOST },
  responseJson: undefined
})
