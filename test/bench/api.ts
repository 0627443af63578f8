/** The few management calls the benchmark needs. */
export const KEY = 'bench-key'

/** Saves a function and gives its id. */
export async function createFunction(base: string, name: string, code: string): Promise<string> {
  const response = await fetch(`${base}/api/functions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, code })
  })
  if (!response.ok) {
    throw new Error(`Could not create '${name}': ${response.status} ${await response.text()}`)
  }
  return ((await response.json()) as { id: string }).id
}

/** Milliseconds of one call; throws unless it is answered with 200. */
export async function timeCall(url: string): Promise<number> {
  const start = performance.now()
  const response = await fetch(url)
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
  return performance.now() - start
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
