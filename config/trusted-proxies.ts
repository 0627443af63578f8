/** Whom this server believes what it says about its clients. */
import ipaddr from 'ipaddr.js'
import { SettingProblem, splitList, type Setting } from './setting.js'

/** Only proxies that are named (or all, where nobody else can connect) may say who the client is. */
export function trustedProxies({ doc }: { doc: string }): Setting<boolean | readonly string[]> {
  return {
    doc,
    defaultText: 'false',
    read(text) {
      if (text === undefined || text === 'false' || text === '0') return false
      if (text === 'true' || text === '1') return true
      const proxies = splitList(text)
      const wrong = proxies.find(proxy => !ipaddr.isValid(proxy) && !ipaddr.isValidCIDR(proxy))
      if (proxies.length === 0 || wrong !== undefined) {
        throw new SettingProblem(
          'must be true, false, or addresses and networks such as 127.0.0.1, 10.0.0.0/8'
        )
      }
      return Object.freeze(proxies)
    }
  }
}
