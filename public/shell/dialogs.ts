/** Questions that stop everything until they are answered, in a native modal dialog. */
import { store } from '../alpine.js'

export interface Question {
  title: string
  text: string
  /** The label of going ahead. */
  confirm: string
  /** A third way, such as saving first. */
  other?: string
  danger?: boolean
  /** What has to be typed before going ahead is possible. */
  typed?: string
}
export type Answer = 'confirm' | 'other' | 'cancel'

const none: Required<Question> = {
  title: '',
  text: '',
  confirm: '',
  other: '',
  danger: false,
  typed: ''
}
let settle: ((answer: Answer) => void) | undefined

const dialogs = store('dialogs', {
  question: none as Required<Question>,
  typed: '',
  answer(given: Answer) {
    if (given === 'confirm' && this.question.typed !== this.typed && this.question.typed !== '') {
      return
    }
    const told = settle
    settle = undefined
    element()?.close()
    told?.(given)
  },
  /** The event comes late: by then the next question may be open. */
  onClose() {
    if (!element()?.open) this.answer('cancel')
  }
})

const element = (): HTMLDialogElement | null =>
  document.querySelector<HTMLDialogElement>('#question')

/** Asks, and resolves with the answer; Escape is `cancel`. */
export function ask(question: Question): Promise<Answer> {
  settle?.('cancel')
  dialogs.question = { ...none, ...question }
  dialogs.typed = ''
  element()?.showModal()
  return new Promise(resolve => {
    settle = resolve
  })
}
