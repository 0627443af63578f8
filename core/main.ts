/** The server program: `npm start`. */
import { serve } from './serve.js'

await serve()
