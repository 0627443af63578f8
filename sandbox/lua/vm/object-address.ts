/** What `tostring` shows of tables and functions in place of an address in memory. */
let addresses = new WeakMap<object, string>()
let lastAddress = 0

/** What stands in for an object's address: the same for the same object, new for every run. */
export function addressOf(value: object): string {
  let address = addresses.get(value)
  if (address === undefined) {
    lastAddress += 32
    addresses.set(
      value,
      (address = `0x${(0x55a0 * 2 ** 24 + lastAddress).toString(16).padStart(14, '0')}`)
    )
  }
  return address
}

/** Numbers addresses anew, so that one run cannot tell from them what another did. */
export function forgetAddresses(): void {
  if (lastAddress === 0) return
  addresses = new WeakMap()
  lastAddress = 0
}
