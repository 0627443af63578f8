/** Who is told, in tests: a server that takes webhooks, and one that takes mail. */
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface ReceivedHook {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at what is there
  readonly json: any
}

/** `status` may be changed; the answer has it. */
export async function startReceiver(t: Test) {
  const received: ReceivedHook[] = []
  const receiver = { url: '', received, status: 200 }
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      let json: unknown
      try {
        json = JSON.parse(text)
      } catch {
        json = undefined
      }
      const { method = '', url = '', headers } = request
      received.push({ method, path: url, headers, text, json })
      response.writeHead(receiver.status, { location: '/elsewhere' }).end('x')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly data: string
}

/** Takes every mail but those to `refused@…`. */
export async function startMailServer(t: Test) {
  const mails: ReceivedMail[] = []
  const server = createServer(socket => {
    let rest = ''
    let from = ''
    let to: string[] = []
    let data: string[] | undefined
    const say = (line: string) => socket.write(`${line}\r\n`)
    const command = (line: string) => {
      const address = /<(.*?)>/.exec(line)?.[1] ?? ''
      if (/^(EHLO|HELO)/i.test(line)) say('250 here')
      else if (/^MAIL FROM/i.test(line)) {
        ;[from, to] = [address, []]
        say('250 ok')
      } else if (/^RCPT TO/i.test(line)) {
        if (address.startsWith('refused')) return say('550 no such mailbox')
        to.push(address)
        say('250 ok')
      } else if (/^DATA/i.test(line)) {
        data = []
        say('354 go on')
      } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
      else say('250 ok')
      return undefined
    }
    socket.on('error', () => {})
    socket.on('data', chunk => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (data === undefined) command(line)
        else if (line === '.') {
          mails.push({ from, to, data: data.join('\n') })
          data = undefined
          say('250 taken')
        } else data.push(line)
      }
    })
    say('220 test')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
  })
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails }
}
