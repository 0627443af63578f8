/** The servers that share a port with this one (WORKERS). */

/** All metrics of one server, as prom-client gives them in JSON. */
export type Metrics = readonly object[]

export interface Workers {
  /** Number of this one, from 1 on. */
  readonly number: number
  /** How this one's metrics are read, for whichever of them is asked. */
  measureBy(read: () => Promise<Metrics>): void
  /** Those of all workers; one that does not answer within two seconds is left out. */
  gatherMetrics(): Promise<readonly Metrics[]>
}
