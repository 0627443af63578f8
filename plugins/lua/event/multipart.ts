/**
 * A body of `multipart/form-data`, by a parser that is maintained and works at one go, as the sandbox does: it has no
 * event loop for one that works on streams.
 */
import {
  MultipartParseError,
  parseMultipart as parse,
  type MultipartPart
} from '@remix-run/multipart-parser'
import { fromBytes, fromText, toBytes } from '../../../core/base/binary.js'
import { LuaFailure } from '../../../core/lua/errors.js'
import type { ToLua } from '../../../sandbox/lua/api.js'
import { Form, MAX_PARTS } from './form.js'

const MAX_HEADER_BYTES = 8 * 1024
const DEFAULT_TYPE = 'application/octet-stream'

/** Throws LuaFailure for a body that is malformed, or beyond the limits. */
export function parseMultipart(body: string, contentType: string): ToLua {
  const [, quoted, token] =
    /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? token
  if (boundary === undefined) {
    throw new LuaFailure('the Content-Type multipart/form-data has no boundary')
  }
  if (body === '') throw new LuaFailure('the form cannot be read: the body is empty')
  const form = new Form()
  try {
    const parts = parse(toBytes(body), {
      boundary,
      maxHeaderSize: MAX_HEADER_BYTES,
      maxParts: MAX_PARTS,
      maxFileSize: body.length,
      maxTotalSize: body.length
    })
    for (const part of parts) addPart(form, part)
  } catch (error) {
    if (error instanceof LuaFailure) throw error
    if (error instanceof MultipartParseError) {
      throw new LuaFailure(`the form cannot be read: ${error.message}`)
    }
    if (error instanceof TypeError) {
      throw new LuaFailure('the form cannot be read: a header of a part is no UTF-8')
    }
    throw error
  }
  return form.toLua()
}

function addPart(form: Form, part: MultipartPart): void {
  const { name, filename } = part
  if (name === undefined) throw new LuaFailure('a part of the form has no name')
  const body = fromBytes(part.bytes)
  if (filename === undefined) {
    form.addField(fromText(name), body)
    return
  }
  // Browsers send this for an input in which nothing was chosen.
  if (filename === '' && body === '') return
  form.addFile({
    name: fromText(name),
    filename: fromText(filename),
    type: fromText(part.headers['content-type'] ?? DEFAULT_TYPE),
    body
  })
}
