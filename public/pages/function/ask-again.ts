/** A page asks again for what it is about, which may have been deleted: what is typed stays, whatever comes of it. */
import { part } from '../../alpine.js'
import { isMissing } from '../../api/failure.js'
import type { Loading } from '../../shell/loading.js'
import { fail } from '../../shell/toasts.js'
import type { Subject } from './subject.js'

export const createAskingAgain = (subject: Pick<Subject<unknown>, 'gone' | 'refresh'>) =>
  part<Loading>()({
    asking: false,

    /** The page says by itself that its subject is gone. */
    async ask() {
      if (this.status !== 'ready' || this.asking) return
      this.asking = true
      await subject.refresh().catch(error => {
        if (!isMissing(error)) fail(error)
      })
      this.asking = false
    },
    /** Something was not there: perhaps the subject. */
    askIfGone() {
      if (!subject.gone) this.ask()
    }
  })
