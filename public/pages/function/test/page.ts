/** Calls the function over HTTP like anyone else would, and shows all of the answer. */
import { component } from '../../../alpine.js'
import { getLogs } from '../../../api/executions.js'
import type { BodyKind } from '../../../format/body.js'
import { missingVariables } from '../../../format/needed-variables.js'
import { download } from '../../../format/long-text.js'
import { t } from '../../../i18n/locale.js'
import { copy } from '../../../shell/clipboard.js'
import { busily } from '../../../shell/loading.js'
import { read, write } from '../../../shell/local-storage.js'
import { commandKey, hasCommand } from '../../../shell/shortcuts.js'
import { current, functionAddress } from '../../function.js'
import { showPreview } from './preview.js'
import { createBodyTexts, HEX_LIMIT, noAnswer, toShownAnswer } from './response.js'
import type { ExampleLanguage, TestRequest } from './request.js'
import {
  emptyRequest,
  exampleLanguages,
  sendsBody,
  toAddress,
  toExample,
  toInit
} from './request.js'

const mostKept = 15
const clone = (request: TestRequest): TestRequest =>
  JSON.parse(JSON.stringify(request)) as TestRequest

const endings: Readonly<Partial<Record<BodyKind, string>>> = {
  json: 'json',
  html: 'html',
  text: 'txt'
}
const fileName = (kind: BodyKind): string => `answer.${endings[kind] ?? 'bin'}`

component('tester', () => {
  const memory = `requests.${current.fn.id}`
  /** What is put together but not sent yet. */
  const typing = `request.${current.fn.id}`
  const kept = read(memory)
  const history = (Array.isArray(kept) ? kept : []) as TestRequest[]
  let bytes = new Uint8Array()
  let texts = createBodyTexts(bytes)
  return {
    busy: false,
    problem: '',
    history,
    request: clone((read(typing) as TestRequest | undefined) ?? history[0] ?? emptyRequest()),
    answer: noAnswer(),
    lists: ['query', 'headers'] as const,
    languages: exampleLanguages,
    example: 'curl' as ExampleLanguage,
    keys: `${commandKey} ↵`,
    copy,

    destroy() {
      URL.revokeObjectURL(this.answer.url)
      write(typing, this.request)
    },

    /** Variables that the code reads and that are not set. */
    missing() {
      return missingVariables(current.fn.active_version.code, current.fn.env_vars)
    },
    hasBody() {
      return sendsBody(this.request.method)
    },
    addPair(list: 'query' | 'headers') {
      this.request[list].push({ name: '', value: '' })
    },
    removePair(list: 'query' | 'headers', index: number) {
      this.request[list].splice(index, 1)
    },
    exampleCode() {
      return toExample(this.example, functionAddress(), this.request)
    },
    shownBody() {
      return texts(this.answer.view)
    },
    isCut() {
      return this.answer.view === 'hex' && this.answer.size > HEX_LIMIT
    },
    preview(host: HTMLElement) {
      showPreview(host, texts('text'))
    },
    save() {
      download(bytes, fileName(this.answer.kind), 'application/octet-stream')
    },

    recall(index: string) {
      const chosen = this.history[Number(index)]
      if (index !== '' && chosen) this.request = clone(chosen)
    },

    keep() {
      const text = JSON.stringify(this.request)
      this.history = [
        clone(this.request),
        ...this.history.filter(item => JSON.stringify(item) !== text)
      ].slice(0, mostKept)
      write(memory, this.history)
    },

    send() {
      return busily(
        this,
        async () => {
          this.problem = ''
          this.keep()
          const started = performance.now()
          const response = await fetch(
            toAddress(functionAddress(), this.request),
            toInit(this.request)
          )
          const body = new Uint8Array(await response.arrayBuffer())
          URL.revokeObjectURL(this.answer.url)
          bytes = body
          texts = createBodyTexts(body)
          this.answer = noAnswer()
          // The views are made anew for the new body.
          await this.$nextTick()
          this.answer = toShownAnswer(response, body, performance.now() - started)
          if (this.answer.executionId !== '') {
            this.answer.logs =
              (await getLogs(this.answer.executionId, { limit: 100, offset: 0 })).logs ?? []
          }
        },
        error => {
          this.problem = t('request.failed', {
            message: error instanceof Error ? error.message : String(error)
          })
        }
      )
    },

    onKey(event: KeyboardEvent) {
      if (event.key !== 'Enter' || !hasCommand(event)) return
      event.preventDefault()
      this.send()
    }
  }
})
