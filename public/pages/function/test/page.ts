/** Calls the function over HTTP as anybody would, and shows all of the response. */
import { component } from '../../../alpine.js'
import type { BodyKind } from '../../../format/body.js'
import { download } from '../../../format/long-text.js'
import { missingVariables } from '../../../format/needed-variables.js'
import { copy } from '../../../shell/clipboard.js'
import { write } from '../../../shell/local-storage.js'
import { hasCommand } from '../../../shell/shortcuts.js'
import { current, publicAddress } from '../../function.js'
import { isOpen } from './send.js'
import { createRequestEditing, createSending } from './actions.js'
import { showPreview } from './preview.js'
import { sendsBody, toExample } from './request.js'
import { createBodyTexts, MAX_HEX_BYTES } from './response.js'
import { createTestState, storageNames } from './state.js'

const extensions: Readonly<Partial<Record<BodyKind, string>>> = {
  json: 'json',
  html: 'html',
  text: 'txt'
}
const fileName = (kind: BodyKind): string => `response.${extensions[kind] ?? 'bin'}`

component('tester', () => {
  let bytes = new Uint8Array()
  let texts = createBodyTexts(bytes)
  const onBody = (body: Uint8Array<ArrayBuffer>): void => {
    bytes = body
    texts = createBodyTexts(body)
  }
  return {
    ...createTestState(),
    ...createRequestEditing(),
    ...createSending(onBody),
    copy,
    isOpen,

    init() {
      this.$watch('request', () => write(storageNames().request, this.request))
    },
    destroy() {
      this.stop()
      URL.revokeObjectURL(this.response.url)
      write(storageNames().request, this.request)
    },

    /** Variables that the code reads and that are not set. */
    missing: () => missingVariables(current.fn),
    hasBody() {
      return sendsBody(this.request.method)
    },
    exampleCode() {
      return toExample(this.example, publicAddress(), this.request)
    },

    shownBody() {
      return texts(this.response.view)
    },
    isCut() {
      return this.response.view === 'hex' && this.response.size > MAX_HEX_BYTES
    },
    preview(host: HTMLElement) {
      showPreview(host, texts('text'))
    },
    save() {
      download(bytes, fileName(this.response.kind), 'application/octet-stream')
    },

    onKey(event: KeyboardEvent) {
      if (event.key !== 'Enter' || !hasCommand(event)) return
      event.preventDefault()
      this.send()
    }
  }
})
