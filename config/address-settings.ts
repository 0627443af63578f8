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

/** Path that the whole server lives below; '' when that is the top. */
export function basePath({ doc }: { doc: string }): Setting<string> {
  return {
    doc,
    defaultText: '/',
    read(text = '/') {
      if (!/^\/$|^(\/[\w.~-]+)+\/?$/.test(text) || /\/\.{1,2}(\/|$)/.test(text)) {
        throw new SettingProblem(
          'must be / or a path such as /moonlet: a slash, then letters, digits or any of -_.~, with neither ' +
            '.. nor an empty part in it'
        )
      }
      return text.replace(/\/$/, '')
    }
  }
}

/** The public address with BASE_PATH at its end, whether the setting BASE_URL has it there or not. */
export const withBasePath = (baseUrl: string, basePath: string): string =>
  basePath !== '' && new URL(baseUrl).pathname === '/' ? baseUrl + basePath : baseUrl

/** What is wrong with BASE_URL beside BASE_PATH. Those that could not be read are not there. */
export function addressProblems({
  BASE_URL: baseUrl,
  BASE_PATH: basePath = ''
}: {
  readonly BASE_URL?: string | undefined
  readonly BASE_PATH?: string
}): readonly string[] {
  if (baseUrl === undefined || basePath === '') return []
  const { origin, href } = new URL(baseUrl)
  if ([`${origin}/`, `${origin}${basePath}`].includes(href)) return []
  return [
    `BASE_URL must end with its host, or with the path of BASE_PATH, ${basePath} (it is ${JSON.stringify(baseUrl)})`
  ]
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
