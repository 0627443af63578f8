/** The server program, for `node dist/core/main.js`. */
import { inRuntime } from './process/runtime.js'
import { failStart } from './process/start-error.js'

await inRuntime(async () => {
  const { serve } = await import('./process/serve.js').catch(failStart)
  await serve()
})
