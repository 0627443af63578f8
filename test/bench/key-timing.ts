/**
 * Whether the time that a key is checked in tells anything about the right one: `node dist/test/bench/key-timing.js`.
 * Right keys, wrong ones that begin like the right one, and others take turns; prints nanoseconds by kind.
 */
import { randomBytes } from 'node:crypto'
import { createAccessKey, hashAccessKey } from '../../core/access/access-key.js'
import { median } from './api.js'

const CHECKS = 200_000
const KEYS = 5

const keys = Array.from({ length: KEYS }, createAccessKey)
const ring = new Map(keys.map(key => [hashAccessKey(key), key]))
const right = keys[0] ?? ''
const kinds = {
  // Made of two parts like the others: how a text was made shows in the time of its hash.
  right: () => right.slice(0, 40) + Buffer.from(right.slice(40)).toString(),
  'wrong, 40 characters right': () => right.slice(0, 40) + randomText(right.length - 40),
  'wrong from the start': () => right.slice(0, 4) + randomText(right.length - 4)
}
const times: Record<string, number[]> = {}
for (let i = 0; i < CHECKS; i++) {
  for (const [kind, make] of Object.entries(kinds)) {
    const key = make()
    const start = process.hrtime.bigint()
    ring.has(hashAccessKey(key))
    const took = Number(process.hrtime.bigint() - start)
    // The first ones are compiled.
    if (i > CHECKS / 10) (times[kind] ??= []).push(took)
  }
}
for (const [kind, all] of Object.entries(times)) {
  const sorted = all.toSorted((a, b) => a - b)
  const [low, high] = [0.25, 0.75].map(part => sorted[Math.floor(sorted.length * part)])
  process.stdout.write(
    `${kind.padEnd(28)} median ${median(all)} ns, middle half ${low} to ${high} ns\n`
  )
}

function randomText(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length)
}
