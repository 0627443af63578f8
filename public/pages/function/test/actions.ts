/** Puts a request together, sends it, and keeps it for later. */
import { part } from '../../../alpine.js'
import { getLogs } from '../../../api/executions.js'
import { t } from '../../../i18n/locale.js'
import { withBusy } from '../../../shell/loading.js'
import { write } from '../../../shell/local-storage.js'
import { call, isOpen, runAsDashboard } from './send.js'
import { noResponse, toPartialView, toResponseView } from './response.js'
import { cloneRequest, storageNames, type TestState } from './state.js'

const MAX_KEPT = 15
const MAX_LOG_LINES = 100

export const createRequestEditing = () =>
  part<TestState>()({
    addPair(list: 'query' | 'headers') {
      this.request[list].push({ name: '', value: '' })
    },
    removePair(list: 'query' | 'headers', index: number) {
      this.request[list].splice(index, 1)
    },
    recall(index: string) {
      const chosen = this.history[Number(index)]
      if (index !== '' && chosen) this.request = cloneRequest(chosen)
    },
    /** The request comes first in the history, once. */
    keep() {
      const text = JSON.stringify(this.request)
      const others = this.history.filter(item => JSON.stringify(item) !== text)
      this.history = [cloneRequest(this.request), ...others].slice(0, MAX_KEPT)
      write(storageNames().history, this.history)
    }
  })

type RequestEditing = ReturnType<typeof createRequestEditing>

export const createSending = (onBody: (bytes: Uint8Array<ArrayBuffer>) => void) =>
  part<TestState & RequestEditing>()({
    send() {
      return withBusy(
        this,
        () => this.sendRequest(),
        error => {
          if (this.stopping.signal.aborted) return
          const message = error instanceof Error ? error.message : String(error)
          this.problem = t('request.failed', { message })
        }
      )
    },

    /** Ends the response that is coming in; what has come of it stays. */
    stop() {
      this.stopping.abort()
    },

    async sendRequest() {
      this.problem = ''
      this.keep()
      const sent = isOpen() ? await this.follow() : await runAsDashboard(this.request)
      const { response, body, durationMs, logs } = sent
      URL.revokeObjectURL(this.response.url)
      onBody(body)
      this.response = noResponse()
      // The views are made anew for the new body.
      await this.$nextTick()
      this.response = toResponseView(response, body, durationMs)
      this.response.logs = logs
      if (sent.hasBrokenOff) this.problem = t('request.brokeOff')
      await this.loadLogs(this.response.executionId)
    },

    async follow() {
      this.stopping = new AbortController()
      try {
        return await call(this.request, {
          signal: this.stopping.signal,
          onPart: (response, bytes) => {
            this.streaming = true
            onBody(bytes)
            this.response = toPartialView(response, bytes)
          }
        })
      } finally {
        this.streaming = false
      }
    },

    async loadLogs(executionId: string) {
      if (executionId === '') return
      const { logs } = await getLogs(executionId, { limit: MAX_LOG_LINES, offset: 0 })
      this.response.logs = logs ?? []
    }
  })
