/** Server-sent events as they come, in the form that the HTML standard gives them. */

export interface ServerEvent {
  readonly event: string
  readonly data: string
}

export async function* readEvents(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const found = readBlock(block)
      if (found !== undefined) yield found
    }
  }
}

function readBlock(block: string): ServerEvent | undefined {
  const fields = block.split('\n').map(line => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')] as const
  })
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value)
  if (data.length === 0) return undefined
  const [, event = 'message'] = fields.find(([name]) => name === 'event') ?? []
  return { event, data: data.join('\n') }
}
