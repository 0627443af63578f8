/** An object or list that is being read. */
import { Noted } from '../../../core/base/to-lua.js'
import type { ToLua } from '../../../sandbox/lua/api.js'
import { mark } from './marks.js'

export class OpenList {
  readonly isObject = false
  private readonly list: ToLua[] = []
  private last = 0

  put(value: ToLua): void {
    const length = this.list.push(value)
    if (value !== undefined) this.last = length
  }

  /** Only a list that ends with null, or has nothing, is another one as a table. */
  close(): ToLua {
    const { list, last } = this
    const { length } = list
    if (last === length && length > 0) return list
    return new Noted(list, identity => {
      mark(identity, { length, last })
    })
  }
}

/** The last of repeated keys wins, also when it is null. */
export class OpenObject {
  readonly isObject = true
  private readonly map = new Map<string, ToLua>()
  private nulls: Set<string> | undefined

  constructor(public key: string) {}

  put(value: ToLua): void {
    if (value === undefined) {
      this.map.delete(this.key)
      this.nulls ??= new Set()
      this.nulls.add(this.key)
      return
    }
    this.map.set(this.key, value)
    this.nulls?.delete(this.key)
  }

  close(): ToLua {
    const { map, nulls } = this
    if (nulls === undefined || nulls.size === 0) return map
    return new Noted(map, identity => {
      mark(identity, { nulls })
    })
  }
}
