/** Digests as headers carry them. Node's own decoders skip what they do not know, so the form is checked first. */

/** Undefined unless the text is exactly this many bytes as hex digits, in either case. */
export function readHex(text: string, bytes: number): Buffer | undefined {
  return text.length === bytes * 2 && /^[\da-f]+$/i.test(text)
    ? Buffer.from(text, 'hex')
    : undefined
}

/** Undefined unless the text is exactly this many bytes in base64; its padding may be missing. */
export function readBase64(text: string, bytes: number): Buffer | undefined {
  if (text.length > Math.ceil(bytes / 3) * 4 || !/^[A-Za-z\d+/]+={0,2}$/.test(text)) {
    return undefined
  }
  const digest = Buffer.from(text, 'base64')
  return digest.length === bytes ? digest : undefined
}
