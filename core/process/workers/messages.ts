/** What workers and the process that started them say to each other. */
import type { Metrics } from '../../contracts/workers.js'

/** From a worker. */
export type Report =
  | { readonly kind: 'ready'; readonly address: string }
  /** It cannot start; it ends by itself. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Its event loop turns. */
  | { readonly kind: 'alive' }
  /** It is asked for the metrics of all. */
  | { readonly kind: 'gather'; readonly id: number }
  /** Its own, for whoever gathers. */
  | { readonly kind: 'measured'; readonly id: number; readonly metrics: Metrics }

/** To a worker. */
export type Order =
  /** Another one has taken its place: it gives its connections up and ends. */
  | { readonly kind: 'retire' }
  | { readonly kind: 'measure'; readonly id: number }
  | { readonly kind: 'gathered'; readonly id: number; readonly all: readonly Metrics[] }

/** What a worker is given on its command line. */
export interface WorkerTask {
  /** From 1 on; the worker that takes another one's place has its number. */
  readonly number: number
  /** How often it reports that it is alive; undefined: nobody wants to know. */
  readonly aliveEveryMs: number | undefined
}

export const toArguments = ({ number, aliveEveryMs }: WorkerTask): string[] => [
  String(number),
  ...(aliveEveryMs === undefined ? [] : [String(aliveEveryMs)])
]

export const readArguments = ([number, alive]: readonly string[]): WorkerTask => ({
  number: Number(number),
  aliveEveryMs: alive === undefined ? undefined : Number(alive)
})
