/** What the process that tries plugins is told, and what it tells. */
import type { Additions } from '../../third-party/home/note.js'

export interface TriedPlugin {
  /** As it is called while its own name is not known. */
  readonly name: string
  /** A path, or a package as in PLUGINS. */
  readonly specifier: string
  /** At home: its folder is called as it is, and its files are the server's. */
  readonly atHome: boolean
  /** How a message about its failure ends. */
  readonly remedy?: string | undefined
}

export interface Trial {
  readonly plugins: readonly TriedPlugin[]
  /** Where packages and relative paths are looked for. */
  readonly folder: string
  /** An empty data folder to start on; without it plugins are imported and not started. */
  readonly scratch: string | undefined
}

export interface TrialResult {
  /** In the order asked for. */
  readonly plugins: readonly Inspected[]
  /** Why those that could be imported do not start together. */
  readonly failure?: string
  /** The plugins' settings that are wrong or not set: nothing was started. */
  readonly settings?: string
}

export interface Inspected {
  /** Its own, or as it was called. */
  readonly name: string
  readonly version?: string
  readonly file?: string
  /** Names of its settings. */
  readonly settings: readonly string[]
  readonly page?: { readonly title: string; readonly path: string }
  readonly hasTables: boolean
  /** When it was started. */
  readonly adds?: Additions
  /** Why it cannot be used. */
  readonly problem?: string
}

export type TrialMessage =
  | { readonly kind: 'alive' }
  /** The plugin that is being imported; undefined: all are being started. */
  | { readonly kind: 'at'; readonly plugin: string | undefined }
  | { readonly kind: 'done'; readonly result: TrialResult }
