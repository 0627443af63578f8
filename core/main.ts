/** The server program, for `node dist/core/main.js`. */
import { inRuntime } from './runtime.js'

await inRuntime(async () => {
  const { serve } = await import('./serve.js')
  await serve()
})
