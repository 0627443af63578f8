/**
 * The tokens of the management API, all in memory: checking one costs one hash and one lookup. The storage is read at
 * the start, and again when another server on the same data has changed them.
 */
import type {
  NewToken,
  StoredToken,
  TokenRecord,
  TokenStore
} from '../../../core/contracts/tokens.js'
import { createAccessWatchers } from '../access-watchers.js'
import { createTokenText, hashToken, TOKEN_LENGTH } from './token-text.js'

/** How exact the last use is; saves a write for every request. */
const USED_EVERY_SECONDS = 60
export const MAX_TOKENS = 1000

export interface TokenOptions {
  readonly store: TokenStore
  /** Unix seconds. */
  readonly now?: () => number
}

interface KnownToken {
  readonly record: StoredToken
  usedAt: number
}

export class Tokens {
  private readonly byHash = new Map<string, KnownToken>()
  private readonly now: () => number
  private readonly watchers: ReturnType<typeof createAccessWatchers>
  /** Changes of this server. */
  private changes = 0
  /** Calls a listener when a token is ended or expires; gives a way to stop that. */
  readonly watch: ReturnType<typeof createAccessWatchers>['watch']

  constructor(private readonly options: TokenOptions) {
    this.now = options.now ?? (() => Math.floor(Date.now() / 1000))
    this.watchers = createAccessWatchers(this.now)
    this.watch = this.watchers.watch
  }

  async load(): Promise<void> {
    for (const record of await this.options.store.list()) this.remember(record)
  }

  /** Another server has made or ended tokens. */
  async refresh(): Promise<void> {
    const { changes } = this
    const records = await this.options.store.list()
    // One that is made or ended here meanwhile may be missing, or still there.
    if (changes !== this.changes) return this.refresh()
    const ended = new Set([...this.byHash.values()].map(({ record }) => record.id))
    const known = new Map(this.byHash)
    this.byHash.clear()
    for (const record of records) {
      this.remember(record, known.get(record.hash)?.usedAt)
      ended.delete(record.id)
    }
    for (const id of ended) this.watchers.tell(id)
  }

  /** Resolves when it is durable; `text` is the only time the token is seen. Rejects with CONFLICT at MAX_TOKENS. */
  async create(
    wanted: Omit<NewToken, 'hash' | 'createdAt'>
  ): Promise<{ text: string; record: TokenRecord }> {
    const { store } = this.options
    const text = createTokenText()
    const token = { ...wanted, hash: hashToken(text), createdAt: this.now() }
    await store.create(token, MAX_TOKENS)
    this.changes++
    const record = { ...token, lastUsedAt: undefined, lastUsedIp: undefined }
    this.remember(record)
    return { text, record }
  }

  /** The token of this text, expired or not; undefined: there is none, or it has been ended. */
  find(text: string): TokenRecord | undefined {
    return text.length === TOKEN_LENGTH ? this.byHash.get(hashToken(text))?.record : undefined
  }

  isExpired({ expiresAt }: Pick<TokenRecord, 'expiresAt'>): boolean {
    return expiresAt !== undefined && expiresAt <= this.now()
  }

  noteUse(token: TokenRecord, ip: string): void {
    const known = this.byHash.get((token as StoredToken).hash)
    const at = this.now()
    if (known === undefined || at - known.usedAt < USED_EVERY_SECONDS) return
    known.usedAt = at
    this.options.store.noteUse(token.id, at, ip)
  }

  /** Newest first, expired ones too. */
  list(): Promise<TokenRecord[]> {
    return this.options.store.list()
  }

  /** Resolves when the token opens nothing any more, streams included. False: there is no such token. */
  async end(id: string): Promise<boolean> {
    const wasThere = await this.options.store.remove(id)
    this.changes++
    for (const [hash, { record }] of this.byHash) {
      if (record.id === id) this.byHash.delete(hash)
    }
    this.watchers.tell(id)
    return wasThere
  }

  private remember(record: StoredToken, usedAt = record.lastUsedAt ?? 0): void {
    this.byHash.set(record.hash, { record, usedAt })
  }
}
