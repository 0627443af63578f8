import { LuaFailure } from '../../../core/lua/errors.js'
import { runContext } from '../run-context.js'

const CHUNK = 16_384

/**
 * Puts a long text together from many short ones. JavaScript joins texts lazily, at more than the size of the
 * text itself when the pieces are short; so every few thousand bytes the joined piece is made solid.
 */
export class TextBuilder {
  private readonly done: string[] = []
  private chunk = ''
  private size = 0

  /** Throws LuaFailure when the text is longer than one call may make. */
  add(piece: string): void {
    this.chunk += piece
    if (this.chunk.length > CHUNK) this.flush()
  }

  private flush(): void {
    this.size += this.chunk.length
    if (this.size > runContext.maxText) {
      throw new LuaFailure(`the JSON text would be longer than ${runContext.maxText} bytes`)
    }
    // Reading one unit makes V8 flatten the text.
    this.chunk.charCodeAt(0)
    this.done.push(this.chunk)
    this.chunk = ''
  }

  finish(): string {
    if (this.done.length === 0) return this.chunk
    this.flush()
    return this.done.join('')
  }
}
