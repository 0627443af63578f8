/** A Lua module whose runs wait until the test lets them go. */
import { Nil, Text } from '../../../core/lua/types/declare.js'
import { host, luaModule, param } from '../../../core/lua/module.js'

/** `gate.wait(name)` returns when the test opens the gate of that name. */
export function createGate() {
  const open = new Map<string, () => void>()
  const arrived = new Map<string, () => void>()
  const order: string[] = []
  const module = luaModule('gate', {
    doc: 'Waits for a test.',
    functions: {
      wait: host({
        doc: 'Waits.',
        params: [param('name', Text(), 'Name.')],
        returns: Nil,
        example: 'return {}',
        run: (_call, name) =>
          new Promise<undefined>(resolve => {
            order.push(name)
            open.set(name, () => {
              resolve(undefined)
            })
            arrived.get(name)?.()
          })
      })
    }
  })
  return {
    module,
    order,
    open: (name: string) => {
      open.get(name)?.()
    },
    /** Settles when a run waits at the gate. */
    reached: (name: string) =>
      open.has(name)
        ? Promise.resolve()
        : new Promise<void>(resolve => {
            arrived.set(name, resolve)
          })
  }
}

export const waiting = (name: string) =>
  `function handler() gate.wait("${name}") return { body = "${name}" } end`
