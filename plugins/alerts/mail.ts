/** Messages by mail. The library is loaded with the first one. */
import type { Transporter } from 'nodemailer'
import type { AlertMessage, MailTarget } from '../../core/contracts/alerts.js'

const TIMEOUT_MS = 10_000

export interface MailSettings {
  readonly SMTP_URL: string | undefined
  readonly MAIL_FROM: string | undefined
}

export class Mailer {
  private transport: Promise<Transporter> | undefined

  constructor(private readonly settings: MailSettings) {}

  /** Why no mail can be sent, in words for people; undefined: it can. */
  get problem(): string | undefined {
    const { SMTP_URL, MAIL_FROM } = this.settings
    if (SMTP_URL === undefined) return 'mail needs the setting SMTP_URL'
    return MAIL_FROM === undefined ? 'mail needs the setting MAIL_FROM' : undefined
  }

  /** Rejects with an Error in words for people. */
  async send({ to }: MailTarget, message: AlertMessage): Promise<void> {
    if (this.problem !== undefined) throw new Error(this.problem)
    this.transport ??= this.connect()
    const transport = await this.transport
    const { title, text, url } = message
    await transport
      .sendMail({
        from: this.settings.MAIL_FROM,
        to: [...to],
        subject: title,
        text: `${[text, url].filter(part => part !== '').join('\n\n')}\n`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Moonlet-Alert': message.alert.id }
      })
      .catch((error: unknown) => {
        throw new Error(describe(error))
      })
  }

  private async connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer')
    return createTransport({
      url: this.settings.SMTP_URL,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // Messages are made here alone, and read no files and no addresses.
      disableFileAccess: true,
      disableUrlAccess: true
    })
  }
}

/** Without what the server was told to sign in with, which some libraries repeat. */
function describe(error: unknown): string {
  const { code, responseCode, response } = error as {
    code?: unknown
    responseCode?: unknown
    response?: unknown
  }
  if (code === 'EAUTH') return 'the mail server did not accept user and password of SMTP_URL'
  if (typeof responseCode === 'number') {
    return `the mail server answered ${String(response).slice(0, 200)}`
  }
  return `the mail server cannot be reached (${String(code ?? 'network error')})`
}
