/**
 * A network of its own for a program, as of another machine: a namespace whose packets to and from a port can be lost
 * without a word. It is held by a process that ends with this one, and with it goes all that was made for it: at once,
 * or within two minutes when TCP has given up what could not be sent.
 */
import { execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { endsWithUs } from './ends-with-us.js'

const run = promisify(execFile)

/** `toServer`: what the program sends is lost; `toClient`: what it is sent. */
export type Loss = 'both' | 'toServer' | 'toClient'

export interface Network {
  /** Address of this machine, seen from there. */
  readonly outside: string
  /** Address of what runs there. */
  readonly inside: string
  /** What stands in front of a command that is to run there. */
  readonly prefix: readonly string[]
  /** From now on packets from there to one of these ports, and back, are lost; a connection hears nothing of it. */
  lose(loss: Loss, ports: readonly number[]): Promise<void>
  heal(): Promise<void>
}

const PROGRAMS = ['/usr/bin/unshare', '/usr/bin/nsenter', '/usr/sbin/ip', '/usr/sbin/iptables']
const START_MS = 30_000
const WITHIN = 'net0'

/** Runs a command there. */
type Run = (...command: string[]) => Promise<unknown>

/** Gives it, or why there can be none here. It ends with the test. */
export async function createNetwork(t: Pick<Test, 'teardown'>): Promise<Network | string> {
  const missing = PROGRAMS.find(program => !existsSync(program))
  if (missing !== undefined) return `${missing} is not installed`
  if (process.getuid?.() !== 0) return 'a network namespace wants root'
  const holder = spawn(...endsWithUs('KILL', 'unshare', ['--net', 'sleep', 'infinity']), {
    stdio: 'ignore'
  })
  t.teardown(() => holder.kill('SIGKILL'))
  const pid = holder.pid ?? 0
  const prefix = ['nsenter', `--net=/proc/${pid}/ns/net`, '--']
  const inIt = (...command: string[]) => run('nsenter', [...prefix.slice(1), ...command])
  try {
    await untilApart(pid)
    const addresses = await connectTo(pid, inIt)
    const network = { ...addresses, prefix, ...createLosses(inIt) }
    // Here it shows whether the kernel can do that.
    await network.lose('both', [1])
    await network.heal()
    return network
  } catch (error) {
    holder.kill('SIGKILL')
    return `no network namespace can be made: ${error instanceof Error ? error.message.trim() : String(error)}`
  }
}

function createLosses(inIt: Run): Pick<Network, 'lose' | 'heal'> {
  const drop = (chain: string, which: string, ports: readonly number[]) =>
    inIt(
      ...['iptables', '-w', '-A', chain, '-p', 'tcp', '-m', 'multiport', which, ports.join()],
      ...['-j', 'DROP']
    )
  return {
    async lose(loss, ports) {
      if (loss !== 'toClient') await drop('OUTPUT', '--dports', ports)
      if (loss !== 'toServer') await drop('INPUT', '--sports', ports)
    },
    async heal() {
      await inIt('iptables', '-w', '-F')
    }
  }
}

async function untilApart(pid: number): Promise<void> {
  const own = readlinkSync('/proc/self/ns/net')
  for (const end = Date.now() + START_MS; Date.now() < end; await pause(10)) {
    if (readlinkSync(`/proc/${pid}/ns/net`) !== own) return
  }
  throw new Error('unshare has not made one')
}

/** A cable between here and there. */
async function connectTo(pid: number, inIt: Run): Promise<Pick<Network, 'outside' | 'inside'>> {
  // Of the networks that are kept for tests of network devices (RFC 2544).
  const net = `198.18.${randomInt(256)}`
  const four = 4 * randomInt(64)
  const [outside, inside] = [`${net}.${four + 1}`, `${net}.${four + 2}`]
  const name = `moonlet${pid}`
  await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', WITHIN, 'netns', String(pid)])
  await run('ip', ['address', 'add', `${outside}/30`, 'dev', name])
  await run('ip', ['link', 'set', name, 'up'])
  await inIt('ip', 'address', 'add', `${inside}/30`, 'dev', WITHIN)
  await inIt('ip', 'link', 'set', WITHIN, 'up')
  await inIt('ip', 'link', 'set', 'lo', 'up')
  return { outside, inside }
}
