/**
 * The addresses of all functions, in memory: a call is known to be for its function before anything else is done with
 * it. The storage says what changed; calls that arrive while a change is read wait for it.
 */
import type { IncomingMessage } from 'node:http'
import { addressOf, keepAddress } from '../../core/connections/called-address.js'
import { functionOf } from '../../core/connections/request-target.js'
import type { MaybePromise } from '../../core/base/maybe-promise.js'
import type { Addresses, CalledAddress } from '../../core/contracts/addresses.js'
import type { FunctionStore } from '../../core/contracts/functions.js'
import type { FunctionRecord } from '../../core/contracts/records.js'

export interface AddressBookOptions {
  readonly functions: Pick<FunctionStore, 'find' | 'listAddressed' | 'onChange'>
  readonly onError: (error: unknown) => void
}

export class AddressBook implements Addresses {
  private readonly known = new Map<string, FunctionRecord>()
  private readonly idsOfSlugs = new Map<string, string>()
  private reading: Promise<void> | undefined

  constructor(private readonly options: AddressBookOptions) {}

  async open(): Promise<void> {
    const { functions } = this.options
    functions.onChange(id => {
      this.readAgain(id)
    })
    for (const fn of await functions.listAddressed()) this.replace(fn.id, fn)
    await this.reading
  }

  resolve(request: IncomingMessage): MaybePromise<CalledAddress | undefined> {
    return addressOf(request) ?? this.afterReading(() => keepAddress(request, this.find(request)))
  }

  private afterReading<T>(look: () => T): MaybePromise<T> {
    return this.reading === undefined ? look() : this.reading.then(look)
  }

  private find({ url = '/' }: IncomingMessage): CalledAddress | undefined {
    const name = functionOf(url)
    return name === undefined ? undefined : { functionId: this.idsOfSlugs.get(name) ?? name, name }
  }

  /** One after the other, so that what is read last is the newest. */
  private readAgain(id: string): void {
    const reading = this.readAfter(this.reading, id).finally(() => {
      if (this.reading === reading) this.reading = undefined
    })
    this.reading = reading
  }

  private async readAfter(previous: Promise<void> | undefined, id: string): Promise<void> {
    await previous
    try {
      const found = await this.options.functions.find(id)
      this.replace(id, found?.fn)
    } catch (error) {
      this.options.onError(error)
    }
  }

  private replace(id: string, fn: FunctionRecord | undefined): void {
    const before = this.known.get(id)
    // Another function may have the slug by now.
    if (before?.slug !== undefined && this.idsOfSlugs.get(before.slug) === id) {
      this.idsOfSlugs.delete(before.slug)
    }
    if (fn === undefined || !hasAddress(fn)) {
      this.known.delete(id)
      return
    }
    this.known.set(id, fn)
    if (fn.slug !== undefined) this.idsOfSlugs.set(fn.slug, id)
  }
}

const hasAddress = ({ slug, frontDoor }: FunctionRecord): boolean =>
  slug !== undefined || frontDoor !== undefined
