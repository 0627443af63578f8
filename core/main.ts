/** The server program, for `node dist/core/main.js`. */
import { inRuntime } from './process/runtime.js'

await inRuntime(async () => {
  const { failStart } = await import('./process/start-error.js')
  const { serve } = await import('./process/serve.js').catch(failStart)
  await serve()
})
