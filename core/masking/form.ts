/** Masking of form bodies: fields whose names stand for credentials. */
import { maskPairs } from './pairs.js'
import { REDACTED } from './redacted.js'
import { isSecretField } from './secret-names.js'

const URL_ENCODED = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data'
/** Of RFC 2046: at most 70 characters. */
const boundaryParameter = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))/i
const partName = /^content-disposition:[^\r\n]*?[;\s]name=(?:"([^"\r\n]*)"|([^\s;"]+))/im

/** The form as it is stored, cut or whole; undefined when the Content-Type is not that of a form. */
export function maskForm(text: string, contentType: string | undefined): string | undefined {
  const type = contentType?.trimStart().toLowerCase() ?? ''
  if (type.startsWith(URL_ENCODED)) return maskPairs(text, isSecretField)
  if (!type.startsWith(MULTIPART)) return undefined
  const [, quoted, plain] = boundaryParameter.exec(contentType ?? '') ?? []
  const boundary = quoted ?? plain
  return boundary === undefined ? text : maskMultipart(text, boundary)
}

function maskMultipart(text: string, boundary: string): string {
  return text
    .split(`--${boundary}`)
    .map(part => {
      const blank = /\r?\n\r?\n/.exec(part)
      if (blank === null) return part
      const start = blank.index + blank[0].length
      const [, quoted, plain] = partName.exec(part.slice(0, blank.index)) ?? []
      if (!isSecretField(quoted ?? plain ?? '')) return part
      const end = /\r?\n$/.exec(part)?.index ?? part.length
      return part.slice(0, start) + REDACTED + part.slice(Math.max(start, end))
    })
    .join(`--${boundary}`)
}
