/** Says where it listens: to people, and to programs that started it. */
export function announce(address: string): void {
  const known = address.replace('0.0.0.0', 'localhost').replace('[::]', 'localhost')
  process.stdout.write(`Moonlet listens on ${known}\n`)
}
