/**
 * The parameters of a route's pattern, of which the router makes regular expressions where there are several between
 * two slashes, or one is written as such. Callers choose what these are matched with, on the server's own event loop:
 * so only those are taken that any path is matched with in a time that grows no faster than the path.
 */
import { refuse } from '../text.js'

/** The router tries two ways for each where what stands between them is repeated. */
const MAX_IN_SEGMENT = 5

/** One kind of characters, counted or not, or a choice of words. */
const SIMPLE =
  /^\^?(?:(?:\\[dw]|\[(?:[^\\\]]|\\[dw.-])+\])(?:[+*]|\{\d{1,3}(?:,\d{0,3})?\})?|[\w-]+(?:\|[\w-]+)*)\$?$/

/** Refuses what the router would match slowly, and parameters without a name. */
export function checkParameters(pattern: string): void {
  const names = new Set<string>()
  for (const segment of pattern.split('/')) {
    // A double colon is one that means itself.
    const [, ...parameters] = segment.replaceAll('::', '').split(':')
    if (parameters.length > MAX_IN_SEGMENT) {
      refuse(
        'routes',
        `pattern has ${parameters.length} parameters between two slashes; at most ${MAX_IN_SEGMENT} can be told apart`
      )
    }
    for (const parameter of parameters) {
      checkName(readParameter(parameter, parameters.length), names)
    }
  }
}

/** Gives its name. */
function readParameter(text: string, count: number): string {
  const [name = ''] = text.split(/[-.(]/, 1)
  if (text[name.length] === '(') {
    const expression = text.slice(name.length + 1, text.indexOf(')'))
    if (count > 1 || !SIMPLE.test(expression)) {
      refuse(
        'routes',
        'pattern may say of a parameter that is alone between two slashes what characters it has, ' +
          `such as :id(\\d+), or which words it may be, such as :size(small|large), not ${JSON.stringify(text)}`
      )
    }
  }
  return name
}

function checkName(name: string, names: Set<string>): void {
  if (name === '') refuse('routes', 'pattern has a parameter without a name')
  if (names.has(name)) refuse('routes', `pattern has the parameter :${name} twice`)
  names.add(name)
}
