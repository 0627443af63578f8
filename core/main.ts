/** The server program, for `node dist/core/main.js`. */
import { inRuntime } from './process/runtime.js'

await inRuntime(async () => {
  const { serve } = await import('./process/serve.js')
  await serve()
})
