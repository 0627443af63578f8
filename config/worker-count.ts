/** How many servers share a port. */
import { availableParallelism } from 'node:os'
import { SettingProblem, type Setting } from './setting.js'

const WORKERS_MAX = 256

/** A number, or `auto`: as many as there are cores, of the machine or of the control group. */
export function workerCount({ doc }: { doc: string }): Setting<number> {
  return {
    doc,
    defaultText: '1',
    read(text) {
      if (text === undefined) return 1
      if (text === 'auto') return Math.min(availableParallelism(), WORKERS_MAX)
      const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN
      if (value >= 1 && value <= WORKERS_MAX) return value
      throw new SettingProblem(`must be a whole number from 1 to ${WORKERS_MAX}, or auto`)
    }
  }
}
