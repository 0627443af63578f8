/** Where the list of executions was left, so that the way back from one of them leads there. */
import { functionPath } from '../../../shell/routes.js'

/** How many rows were shown, and how far down the reader was. */
export interface Place {
  count: number
  scroll: number
}

const top: Readonly<Place> = { count: 0, scroll: 0 }
const left = { functionId: '', query: '', ...top }

export function rememberList(functionId: string, query: string): void {
  if (left.functionId === functionId && left.query === query) return
  Object.assign(left, { functionId, query, ...top })
}

export const rememberPlace = (place: Partial<Place>): void => {
  Object.assign(left, place)
}

/** The beginning for a list that was not the last one. */
export const placeOf = (functionId: string, query: string): Place =>
  left.functionId === functionId && left.query === query
    ? { count: left.count, scroll: left.scroll }
    : top

/** With the filters it was seen with last, when it was this function's. */
export const listAddress = (functionId: string): string =>
  functionPath(functionId, 'executions') + (left.functionId === functionId ? left.query : '')
