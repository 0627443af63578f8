/** A mail server that takes every mail, except to `refused@…`, and keeps it. */
import { once } from 'node:events'
import { createServer } from 'node:net'

export async function startSmtpServer() {
  const mails = []
  const server = createServer(socket => {
    let mail = { to: [] }
    let data
    let rest = ''
    const say = line => {
      socket.write(`${line}\r\n`)
    }
    const command = line => {
      if (/^EHLO|^HELO/i.test(line)) say('250 here')
      else if (/^MAIL FROM:<(.*?)>/i.test(line)) {
        mail = { from: /<(.*?)>/.exec(line)[1], to: [] }
        say('250 ok')
      } else if (/^RCPT TO:<refused/i.test(line)) say('550 no such mailbox')
      else if (/^RCPT TO:/i.test(line)) {
        mail.to.push(/<(.*?)>/.exec(line)[1])
        say('250 ok')
      } else if (/^DATA/i.test(line)) {
        data = []
        say('354 go on')
      } else if (/^QUIT/i.test(line)) {
        say('221 bye')
        socket.end()
      } else say('250 ok')
    }
    socket.on('error', () => {})
    socket.on('data', chunk => {
      const lines = (rest + chunk).split('\r\n')
      rest = lines.pop()
      for (const line of lines) {
        if (data === undefined) command(line)
        else if (line === '.') {
          mails.push({ ...mail, data: data.join('\n') })
          data = undefined
          say('250 taken')
        } else data.push(line)
      }
    })
    say('220 test')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `smtp://127.0.0.1:${server.address().port}`,
    mails,
    close: () => {
      server.close()
    }
  }
}
