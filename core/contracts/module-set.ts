/** The shared modules that a run has. */
import type { VersionRecord } from './records.js'

/** A module's code as a run gets it. */
export interface ModuleSource {
  readonly name: string
  readonly code: string
}

/** The modules that a version requires, directly or through others, in the versions of one moment. */
export interface ModuleSet {
  /** Names this set: other sources, another key. */
  readonly key: string
  readonly sources: readonly ModuleSource[]
}

/** A version as it is run. */
export interface RunnableVersion extends VersionRecord {
  /** Left out: it requires none. */
  readonly modules?: ModuleSet | undefined
}
