/** The words of the server in the language of the page. */
import { language, t, type TextKey } from '../i18n/locale.js'
import { translateServerText } from '../i18n/pt-BR/server.js'

const named = [400, 401, 403, 404, 409, 412, 413, 429, 500, 503]

/** A text without a translation is shown behind what its status means. */
export function serverWords(text: string, status = 400): string {
  if (language.locale === 'en') return text
  return (
    translateServerText(text) ??
    t(`errors.answer_${named.includes(status) ? status : 400}` as TextKey, { message: text })
  )
}
