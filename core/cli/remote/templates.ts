/** The dashboard's templates, by their ids; the build copies their code to `templates/`. */

interface Template {
  /** What the function begins with besides its code. */
  readonly settings?: Readonly<Record<string, string>>
  /** What has to be set before it works. */
  readonly variable?: string
}

const all = {
  http: {},
  rest: {},
  counter: {},
  scheduled: { settings: { cron_schedule: '0 * * * *', cron_status: 'active' } },
  webhook: { variable: 'WEBHOOK_SECRET' },
  worker: {},
  deliver: { variable: 'TARGET_URL' },
  chat: { variable: 'CHAT_WEBHOOK' },
  page: {},
  ai: { variable: 'OPENAI_API_KEY' },
  email: { variable: 'RESEND_API_KEY' },
  blank: {}
} as const satisfies Record<string, Template>

export type TemplateId = keyof typeof all
export const templates: Readonly<Record<TemplateId, Template>> = all
