/** All versions of a function: view one, compare any two, go back to one, delete one. */
import { component } from '../../../alpine.js'
import { readAddress } from '../../../shell/router.js'
import { createVersionActions } from './actions.js'
import { createComparison } from './comparison.js'
import { createVersionsLoading } from './loading.js'
import { createVersionReader } from './reader.js'
import { createVersionsSession, createVersionsState } from './state.js'

const isNumber = (text: string): boolean => /^[1-9]\d*$/.test(text)

component('versions', () => {
  const session = createVersionsSession()
  return {
    ...createVersionsState(),
    ...createVersionsLoading(session),
    ...createVersionReader(session),
    ...createComparison(session),
    ...createVersionActions(session),

    async init() {
      this.$watch(session.owner.watched, () => {
        this.followActiveVersion()
      })
      await this.load()
      const { older, newer, view, line } = readAddress('older', 'newer', 'view', 'line')
      if (isNumber(view)) await this.look(Number(view), Number(line))
      if (!isNumber(older) || !isNumber(newer)) return
      Object.assign(this, { older, newer, comparing: true })
      await this.compare()
    },

    destroy() {
      session.diff?.dispose()
      session.reader?.dispose()
    },

    size: (code: string) => new TextEncoder().encode(code).length
  }
})
