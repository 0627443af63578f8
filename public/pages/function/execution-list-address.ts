/** Where the list of executions was left, so that the way back from one of them leads there. */
import { functionPath } from '../../shell/routes.js'

const left = { functionId: '', query: '' }

export const rememberList = (functionId: string, query: string): void => { Object.assign(left, { functionId, query }) }

/** With the filters it was seen with last, when it was this function's. */
export const listAddress = (functionId: string): string =>
  functionPath(functionId, 'executions') + (left.functionId === functionId ? left.query : '')
