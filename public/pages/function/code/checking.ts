/** Checks the code while it is typed: its length at once, its syntax after a pause. */
import { part } from '../../../alpine.js'
import { checkCode } from '../../../api/code.js'
import { byteLength, isTooLong, limits } from '../../../api/limits.js'
import { format } from '../../../format/values.js'
import { t } from '../../../i18n/locale.js'
import { noSyntaxError, type CodeSession, type CodeState } from './state.js'

/** Nothing is marked before a pause of this length: what is being typed is not finished. */
const CHECK_DELAY_MS = 1_000

export function createChecking(session: CodeSession) {
  let checking: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  return part<CodeState>()({
    measure(code: string) {
      if (!isTooLong(code, limits.code)) {
        this.tooLong = ''
        return
      }
      const size = format.number(byteLength(code))
      this.tooLong = t('code.tooLong', { size, limit: format.number(limits.code) })
    },

    mark() {
      session.editor?.mark(session.syntaxError ?? session.draftError)
    },

    /** Marks belong to the code as it was checked or run. */
    clearMarks() {
      if (!session.draftError && !session.syntaxError) return
      session.draftError = undefined
      session.syntaxError = undefined
      this.mark()
    },

    /** Marks the first syntax error. A check that does not reach the server changes nothing; the next one will. */
    async check() {
      checking?.abort()
      checking = new AbortController()
      const code = session.editor?.value() ?? ''
      const isSkipped = code.trim() === '' || this.tooLong !== ''
      try {
        const result = isSkipped ? ({ ok: true } as const) : await checkCode(code, checking.signal)
        session.syntaxError = result.ok ? undefined : { line: 1, ...result.error }
        this.mark()
        this.syntax = session.syntaxError ? { column: 1, ...session.syntaxError } : noSyntaxError
      } catch {
        // Typing goes on without marks.
      }
    },

    checkSoon() {
      clearTimeout(timer)
      timer = setTimeout(() => {
        this.check()
      }, CHECK_DELAY_MS)
    },

    stopChecking() {
      clearTimeout(timer)
      checking?.abort()
    }
  })
}

export type Checking = ReturnType<typeof createChecking>
