/** Says where it listens: to people, and to programs that started it. */
export function announce(address: string): void {
  print(
    `Moonlet listens on ${address.replace('0.0.0.0', 'localhost').replace('[::]', 'localhost')}`
  )
}

/** A line on standard output. Where nobody reads that, or it has no room, the server serves all the same. */
export function print(line: string): void {
  process.stdout.once('error', () => {})
  process.stdout.write(`${line}\n`)
}
