/** What a host call costs that waits for its answer, by the size of the answer. */
import { median, timeCall } from './api.js'

export interface RoundTrip {
  readonly bytes: number
  readonly microseconds: number
}

const SIZES = [
  [30, 2000],
  [64 * 1024, 400],
  [1024 ** 2, 40]
] as const
const ROUNDS = 7

/** Medians; `url` runs round-trips.lua. The cost of the run around the calls is measured and left out. */
export async function measureRoundTrips(url: string): Promise<RoundTrip[]> {
  const results: RoundTrip[] = []
  for (const [bytes, calls] of SIZES) {
    const rounds: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const around = await timeCall(`${url}?bytes=${bytes}&calls=0`)
      rounds.push(
        (((await timeCall(`${url}?bytes=${bytes}&calls=${calls}`)) - around) * 1000) / calls
      )
    }
    results.push({ bytes, microseconds: median(rounds) })
  }
  return results
}
