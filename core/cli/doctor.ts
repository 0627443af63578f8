/** `moonlet doctor`: whether what Moonlet stands on is as it should be. */
import { withEnvironment } from '../../config/load.js'
import { examine } from '../doctor/doctor.js'
import type { Finding, State } from '../doctor/finding.js'
import type { Context } from './context.js'
import { exitCodes } from './failure.js'
import type { Style } from './terminal.js'

const marks: Readonly<Record<State, readonly [text: string, style: Style | undefined]>> = {
  ok: ['ok', 'added'],
  warning: ['warning', 'bold'],
  failed: ['FAILED', 'removed']
}

/** Fails when a check did; warnings are no failure. */
export async function doctor(context: Context): Promise<number> {
  const { terminal, report, settings } = context
  const plugins = async () => (await import('./plugin/examine.js')).examinePlugins(context)
  const checks = await examine(withEnvironment(settings), plugins, finding => {
    for (const [line, style] of toLines(finding)) terminal.say(line, style)
  })
  const isWell = checks.every(({ state }) => state !== 'failed')
  report({ ok: isWell, checks })
  return isWell ? exitCodes.done : exitCodes.failed
}

function toLines({
  check,
  state,
  message,
  remedy
}: Finding): ReadonlyArray<readonly [line: string, style: Style | undefined]> {
  const [text, style] = marks[state]
  const indent = ' '.repeat(9)
  const rest = remedy === undefined ? [] : remedy.split('\n').map(line => `${indent}${line}`)
  return [
    [`${text.padEnd(9)}${check}: ${message}`, style],
    ...rest.map(line => [line, undefined] as const)
  ]
}
