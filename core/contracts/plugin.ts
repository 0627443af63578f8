/** What a third-party plugin declares, and what it finds on its server besides what every built-in plugin finds. */
import type { FastifyInstance } from 'fastify'
import type { Setting } from '../../config/setting.js'
import type { Outcome } from './invocation.js'
import type { InvokerHook } from './invoker.js'

export type PluginSettingDeclarations = Readonly<Record<string, Setting<unknown>>>

/** Values of declared settings, by name. */
export type SettingValues<S> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never
}

/** An entry in the dashboard's navigation. */
export interface PluginPage {
  /** As people read it in the navigation: one text, or one for each language of the dashboard; English stands in. */
  readonly title: string | PageTitles
  /** Of a route of the plugin, or of its files, without `/plugins/{name}`; begins with a slash. */
  readonly path: string
  /**
   * A folder with `index.html` and what belongs to it. It is served at `path` to whoever is signed in, with the
   * dashboard's content security policy (no inline scripts or styles), and shown within the dashboard.
   */
  readonly files?: URL | string
  /** An SVG of one colour among the files, such as `icon.svg`. */
  readonly icon?: string
}

/** Titles by language. */
export interface PageTitles {
  readonly en: string
  readonly [language: string]: string
}

/** A plugin, declared. See `definePlugin`. */
export interface PluginDeclaration<
  S extends PluginSettingDeclarations = PluginSettingDeclarations
> {
  /** Small letters, digits and '-': the plugin's name in messages, routes (`/plugins/{name}/`) and triggers. */
  readonly name: string
  /** The versions of Moonlet it was made for, such as `^0.1.0`; checked at start. */
  readonly moonlet: string
  /** Settings by the name of their environment variable, such as `REDIS_URL`. */
  readonly settings?: S
  /**
   * A folder of SQL files (`0001-first.sql`, …), each applied once, in a transaction, in the order of their names,
   * before `start`. Never change one that was released. All they make must be called `plugin_{name}_…`, with '_' for
   * '-'. Then `server.plugin.database` reads and writes the tables.
   */
  readonly migrations?: URL | string
  /** An entry in the dashboard's navigation. */
  readonly page?: PluginPage
  /** Adds what the plugin adds. It must end within 10 seconds; an error stops the start of the server. */
  readonly start: (server: PluginServer, settings: SettingValues<S>) => Promise<void> | void
}

/** A request to a function as a plugin makes it. Ordinary texts; everything may be left out. */
export interface PluginEvent {
  /** `POST` unless given. */
  readonly method?: string
  /** Behind `/fn/{id}`; `/` unless given. */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** A value that SQLite can hold. */
export type SqlValue = string | number | bigint | Uint8Array | null
/** A row, by the names of its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/**
 * The plugin's own tables, in the server's SQLite database. `?` stands for a value. A write resolves when it is
 * durable; writes of one tick share a transaction. Rejects with STORAGE_FAILED, with SQLite's words.
 */
export interface PluginDatabase {
  /** Reads rows, also those that a write returns. */
  all(sql: string, ...values: readonly SqlValue[]): Promise<SqlRow[]>
  /** Reads the first row. */
  get(sql: string, ...values: readonly SqlValue[]): Promise<SqlRow | undefined>
  /** Writes; gives the number of rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): Promise<number>
  /** Several writes, all or none; gives the number of rows each changed. */
  atomic(writes: ReadonlyArray<readonly [sql: string, ...values: SqlValue[]]>): Promise<number[]>
}

/** What only third-party plugins find: `server.plugin`. */
export interface PluginTools {
  readonly name: string
  /**
   * Runs the active version of a function, as a trigger does; the execution's trigger is the plugin's name. Resolves
   * when its record is durable, also if the function failed. Rejects with NOT_FOUND, FORBIDDEN (disabled) or when
   * the server has no room (QUEUE_FULL, QUEUE_TIMEOUT, SERVER_STOPPING).
   */
  run(functionId: string, event?: PluginEvent): Promise<Outcome>
  /**
   * Adds hooks around every execution of every function, drafts included; to be called in `start`. `before` may give
   * another event or a Refusal, `after` sees the outcome. Each costs every execution its time.
   */
  aroundExecutions(hooks: Omit<InvokerHook, 'name'>): void
  /** The plugin's own tables. Throws when the declaration names no `migrations`. */
  readonly database: PluginDatabase
}

/** The Fastify instance that a plugin gets: routes of it begin with `/plugins/{name}` and need the API key. */
export type PluginServer = FastifyInstance & { readonly plugin: PluginTools }
