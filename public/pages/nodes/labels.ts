/** What a server says of itself, in words. Without figures, as of one that is gone, there is a dash or nothing. */
import type { ServerNode } from '../../api/nodes.js'
import { format } from '../../format/values.js'
import { t, tn } from '../../i18n/locale.js'

const NONE = '–'

export const addressOf = ({ host, port }: ServerNode): string =>
  port === undefined ? host : `${host}:${port}`

const isUp = ({ status }: ServerNode): boolean => status === 'up'

/** By the clock of the database, which may differ from the reader's. */
const nowOf = (node: ServerNode): number => node.seen_at + node.seen_ms_ago / 1000
const toReader = (node: ServerNode, seconds: number): number =>
  Date.now() / 1000 - (nowOf(node) - seconds)

export const sinceText = (node: ServerNode): string =>
  isUp(node)
    ? t('nodes.upSince', { id: node.id, when: format.relative(toReader(node, node.started_at)) })
    : t('nodes.goneSince', { id: node.id, when: format.relative(toReader(node, node.seen_at)) })

export function callsText(node: ServerNode): string {
  const { calls_per_second: rate } = node
  return rate === undefined || !isUp(node)
    ? NONE
    : t('nodes.calls', { rate: format.number(rate), running: node.sandboxes?.['busy'] ?? 0 })
}

/** Load and memory. */
export function machineText(node: ServerNode): string {
  if (!isUp(node)) return ''
  const { load, cores, memory } = node
  return [
    ...(load === undefined || cores === undefined
      ? []
      : [tn('nodes.machine', cores, { load: format.number(load) })]),
    ...(memory === undefined ? [] : [t('nodes.memory', { size: format.bytes(memory) })])
  ].join(' · ')
}

export function sandboxText(node: ServerNode): string {
  const { sandboxes } = node
  if (sandboxes === undefined || !isUp(node)) return NONE
  const { busy = 0, idle = 0, unbound = 0 } = sandboxes
  return t('nodes.processes', { busy, idle: idle + unbound })
}

export function waitingText(node: ServerNode): string {
  const { sandboxes, sandbox_max: max } = node
  if (sandboxes === undefined || !isUp(node)) return ''
  return [
    ...(max === undefined ? [] : [t('nodes.most', { max: format.number(max) })]),
    tn('nodes.waiting', sandboxes['waiting'] ?? 0)
  ].join(' · ')
}

export function delayText(node: ServerNode): string {
  const { event_loop_delay_ms: delay } = node
  return delay === undefined || !isUp(node)
    ? NONE
    : t('nodes.delay', { time: format.duration(delay) })
}

export const seenText = (node: ServerNode): string =>
  isUp(node) ? t('nodes.seen', { time: format.duration(node.seen_ms_ago) }) : ''

export function behindText(node: ServerNode): string {
  const { changes_behind: count = 0 } = node
  return isUp(node) && count > 0 ? tn('nodes.behind', count) : ''
}
