/**
 * One word has one meaning (the glossary of ARCHITECTURE.md). Names that were replaced by the terms of the field stay
 * out; a name that is replaced later is added here.
 */
import t from 'tap'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What was written, and what is written now. */
const REPLACED: Readonly<Record<string, string>> = {
  'MOST_[A-Z]\\w*': 'MAX_…',
  'LONGEST_[A-Z]\\w*': 'MAX_…',
  'LEAST_[A-Z]\\w*': 'MIN_…',
  'DEEPEST_?[A-Z]*': 'MAX_DEPTH',
  'manners?': 'conventions',
  atTurnsEnd: 'deferToTickEnd',
  breathe: 'flushIfLate',
  '(?:common|change|condition|body)Failures': '…Errors',
  ErrorAnswer: 'ErrorResponse',
  toErrorAnswer: 'toErrorResponse',
  answerPlainly: 'sendPlainError',
  createBatch: 'Batch',
  createPurges: 'Purges',
  createBorder: 'Interop',
  'lent|lentChanges|noteLentChange': 'copyOnWrite',
  heir: 'indexTable',
  Soon: 'MaybePromise',
  isBelieved: 'useWallClock',
  Busyness: 'ActivityMonitor',
  looseInt: 'coerceInt',
  toShown: 'toViewModel',
  Fleet: 'ProcessSet',
  SpareDemand: 'PrewarmTarget',
  Launcher: 'SandboxFactory',
  mayTake: 'canAcquire',
  'isOutOfPatience|lookedAt': 'shouldScaleUp, lastPollAt',
  pipeDepth: 'maxInFlight',
  roomiest: 'leastLoaded',
  'toGhost|ghosts?(?! texts)': 'tombstone',
  'takeBack|putBack': 'revokeQueued, requeue',
  lingering: 'draining',
  'becameReady|wentAway|tellQuiet': 'onReady, onExit, notifyDrained',
  'turn-away|turnAway|turnAwayEarly': 'admission-control',
  'KeptPlace|giveUpKept': 'Reservation',
  enterAll: 'admitAll',
  goOn: 'proceed, passToFastify',
  NEAR_OF_ONE: 'MIN_WINDOW_PER_FUNCTION',
  RefusalPace: 'RejectionThrottle',
  carryOut: 'writeUnacked',
  'execution-walk': 'execution-scan',
  RecentShapes: 'RecordShapeCache',
  inheritedShapes: 'InlineCache.proto',
  Door: 'HostPort',
  'execution-words|executionWords': 'execution-labels',
  inWords: 'errorText'
}

/** Every tracked source file but this one, with comments. */
async function sources(): Promise<Array<{ file: string; text: string }>> {
  const { stdout } = await promisify(execFile)('git', [
    'ls-files',
    ...['core', 'config', 'sandbox', 'plugins', 'public', 'test']
  ])
  const files = stdout
    .split('\n')
    .filter(file => /\.(ts|js|mjs|cjs)$/.test(file) && !file.endsWith('vocabulary.test.ts'))
  return Promise.all(
    files.map(async file => ({ file, text: await readFile(file, 'utf8').catch(() => '') }))
  )
}

t.test('names that were replaced stay out', async t => {
  const all = await sources()
  t.ok(all.length > 500, 'there are sources')
  for (const [word, now] of Object.entries(REPLACED)) {
    const pattern = new RegExp(`(?<![\\w-])(?:${word})(?![\\w-])`)
    const found = all.filter(({ text }) => pattern.test(text))
    t.same(
      found.map(({ file }) => file),
      [],
      `${word} is called ${now}`
    )
  }
})

t.test('each word of the glossary is explained once', async t => {
  const [, glossary = ''] = (await readFile('ARCHITECTURE.md', 'utf8')).split('\n## Glossary\n')
  const words = Array.from(
    (glossary.split('\n## ', 1)[0] ?? '').matchAll(/^\| \*\*(.+?)\*\* \|/gm),
    match => (match[1] as string).split(', ')
  ).flat()
  t.ok(words.length >= 30, `${words.length} words`)
  t.equal(new Set(words).size, words.length)
})
