/** What a provider of chat models must tell: where it is, what it is sent, how its answer is read. */
import type { Chat } from './chat-options.js'

export interface ChatAnswer {
  readonly content: string
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface Provider {
  /** As people write it, for messages. */
  readonly title: string
  readonly keyVariable: string
  readonly endpointVariable: string
  readonly defaultEndpoint: string
  /** Behind the base address. */
  readonly path: string
  readonly headers: (key: string) => Record<string, string>
  readonly body: (chat: Chat) => Record<string, unknown>
  /** Undefined when the reply holds no answer. `reply` is parsed JSON of any shape. */
  readonly readAnswer: (reply: unknown) => ChatAnswer | undefined
}

/** The parameters that all providers take alike. */
export const limits = ({ maxTokens, temperature }: Chat) => ({
  max_tokens: maxTokens,
  ...(temperature === undefined ? {} : { temperature })
})

/** The value at a path of names and indexes in parsed JSON. */
export function at(value: unknown, ...path: ReadonlyArray<string | number>): unknown {
  return path.reduce(
    (inner: unknown, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string | number, unknown>)[step]
        : undefined,
    value
  )
}

export const textAt = (
  value: unknown,
  ...path: ReadonlyArray<string | number>
): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export const countAt = (value: unknown, ...path: ReadonlyArray<string | number>): number => {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isSafeInteger(found) ? found : 0
}
