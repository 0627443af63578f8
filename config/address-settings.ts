/** Settings that are addresses: of this server, and of the mail that it sends. */
import { parseFunctionsAddress, type FunctionsAddress } from './functions-address.js'
import { SettingProblem, type Setting } from './setting.js'

/** Unset: `http://localhost:PORT`, filled in once the port is known. */
export function baseUrl({ doc }: { doc: string }): Setting<string | undefined> {
  return {
    doc,
    defaultText: 'http://localhost:PORT',
    read(text) {
      if (text === undefined) return undefined
      if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
        throw new SettingProblem(
          'must be an http or https address, such as https://functions.example.org'
        )
      }
      return text.replace(/\/+$/, '')
    }
  }
}

export function functionsAddress({ doc }: { doc: string }): Setting<FunctionsAddress | undefined> {
  return {
    doc,
    defaultText: '',
    read(text) {
      if (text === undefined) return undefined
      const address = parseFunctionsAddress(text)
      if (address === undefined) {
        throw new SettingProblem(
          'must be a host name such as functions.example.org, or a port such as :3001'
        )
      }
      return address
    }
  }
}

export function smtpUrl({ doc }: { doc: string }): Setting<string | undefined> {
  return {
    doc,
    defaultText: '',
    secret: true,
    read(text) {
      if (text === undefined) return undefined
      const url = URL.parse(text)
      if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
        throw new SettingProblem(
          'must be an smtp or smtps address, such as smtps://mail.example.org'
        )
      }
      return text
    }
  }
}

export function mailAddress({ doc }: { doc: string }): Setting<string | undefined> {
  return {
    doc,
    defaultText: '',
    read(text) {
      if (text === undefined) return undefined
      if (!/^[^\r\n<>]*<?[^\s@<>]+@[^\s@<>]+>?$/.test(text)) {
        throw new SettingProblem('must be a mail address, such as Moonlet <moonlet@example.org>')
      }
      return text
    }
  }
}
