/** What the test page shows. */
import { read } from '../../../shell/local-storage.js'
import { commandKey } from '../../../shell/shortcuts.js'
import { current } from '../../function.js'
import {
  emptyRequest,
  exampleLanguages,
  type ExampleLanguage,
  type TestRequest
} from './request.js'
import { noResponse } from './response.js'

export const cloneRequest = (request: TestRequest): TestRequest =>
  JSON.parse(JSON.stringify(request)) as TestRequest

/** Names in the browser's storage: requests that were sent, and the one that is being put together. */
export const storageNames = () => ({
  history: `requests.${current.fn.id}`,
  request: `request.${current.fn.id}`
})

export type TestState = ReturnType<typeof createTestState>

export function createTestState() {
  const names = storageNames()
  const kept = read(names.history)
  const history = (Array.isArray(kept) ? kept : []) as TestRequest[]
  const unsent = read(names.request) as TestRequest | undefined
  return {
    busy: false,
    /** A response is coming in. */
    streaming: false,
    stopping: new AbortController(),
    problem: '',
    history,
    request: cloneRequest(unsent ?? history[0] ?? emptyRequest()),
    response: noResponse(),
    lists: ['query', 'headers'] as const,
    languages: exampleLanguages,
    example: 'curl' as ExampleLanguage,
    keys: `${commandKey} ↵`
  }
}
