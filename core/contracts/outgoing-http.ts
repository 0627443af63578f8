/** A request to another server. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  /** A list sends the header several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: Uint8Array | string
  readonly signal: AbortSignal
}

/** A complete reply, unpacked. */
export interface OutgoingResponse {
  readonly statusCode: number
  readonly statusText: string
  /** Canonical names (`X-My-Header`), first value only; binary strings. */
  readonly headers: Readonly<Record<string, string>>
  /** All values of each header; the client always gives them. */
  readonly headersAll?: Readonly<Record<string, readonly string[]>>
  readonly body: Uint8Array
}

/** The server's one HTTP client: what functions (http, ai, email) reach the world through. */
export interface OutgoingHttp {
  /**
   * Performs a request with its redirects. Every address it connects to is checked after name resolution.
   * Rejects with an Error whose message is fit for people: refused, unknown host, private address (naming
   * HTTP_ALLOW_PRIVATE), too large, too many redirects, no completion within 30 s.
   */
  request(request: OutgoingRequest): Promise<OutgoingResponse>
  close(): Promise<void>
}
