/** Ids as the server makes them (core/base/ids.ts), from the run's own clock and random source. */
import { createIdSource, type IdSource } from '../../../core/base/ids.js'
import { randomBytes } from '../random-bytes.js'
import { runContext } from '../run-context.js'

let source: IdSource | undefined

/** Greater than all ids this process has made before. */
export const nextId = (): string =>
  (source ??= createIdSource(() => Math.floor(runContext.now() / 1000), randomBytes(5))).next()
