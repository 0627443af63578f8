/** The scheduler's decision, by tables: a state, an invocation, and what becomes of it. Processes are names here. */
import t from 'tap'
import {
  decide,
  neededProcesses,
  SCALE_UP_DELAY_MS,
  type Candidate,
  type DecisionState,
  type VersionState
} from '../../../sandbox/scheduler/decide.js'

const NOW = 10_000

interface Version {
  readonly idle?: readonly string[]
  /** Busy processes; `held` invocations each. */
  readonly busy?: readonly string[]
  readonly held?: number
  readonly cost?: 'unknown' | 'trivial' | 'cheap' | 'brief' | 'cpu-bound' | 'io-bound'
  /** Of the busy ones, how many get on; all of them unless given. */
  readonly progressing?: number
  /** Its first process has not told yet what its invocations take. */
  readonly untried?: boolean
  readonly triedAt?: number
  readonly loadMs?: number
}

interface Given {
  readonly version?: Version
  readonly unbound?: readonly string[]
  readonly share?: boolean
  readonly waiting?: number
  /** Others of its function wait already. */
  readonly others?: boolean
  readonly full?: boolean
  readonly stopping?: boolean
  readonly singleUse?: boolean
  readonly invocation?: Partial<Candidate>
}

const toVersion = ({
  idle = [],
  busy = [],
  held = 1,
  cost = 'unknown',
  progressing,
  untried = false,
  triedAt = 0,
  loadMs = 0
}: Version): VersionState<string> => ({
  idle,
  busy,
  cost: {
    isCheap: cost === 'cheap' || cost === 'trivial',
    isTrivial: cost === 'trivial',
    isBrief: cost === 'cheap' || cost === 'trivial' || cost === 'brief',
    isIoBound: cost === 'io-bound'
  },
  loadMs,
  triedAt: () => (untried ? undefined : triedAt),
  leastLoaded: maxInFlight => (held < maxInFlight ? busy[0] : undefined),
  progressing: () => progressing ?? busy.length
})

function toState(given: Given): DecisionState<string> {
  const { version, unbound = [], share = true, waiting = 0, singleUse = false } = given
  return {
    isStopping: given.stopping ?? false,
    singleUse,
    cores: 2,
    polledAt: NOW,
    unbound,
    queue: {
      size: waiting,
      hasInvocations: () => given.others ?? false,
      isFullFor: () => given.full ?? false
    },
    canAcquire: () => share,
    versions: { get: () => (version === undefined ? undefined : toVersion(version)) }
  }
}

/** It has waited long enough for a process of its own, unless the case says otherwise. */
const toCandidate = (change: Partial<Candidate> = {}): Candidate => ({
  bindingKey: 'version 1',
  functionId: 'f',
  queuedAt: NOW - SCALE_UP_DELAY_MS,
  isAbandoned: false,
  isQueued: false,
  hasReservation: false,
  ...change
})

function decided(given: Given): string {
  const decision = decide(toState(given), toCandidate(given.invocation), NOW)
  if (decision.kind === 'reject') return `reject ${decision.reason}`
  return 'process' in decision ? `${decision.kind} ${decision.process}` : decision.kind
}

const fresh = { queuedAt: NOW }
const queued = { isQueued: true }
const reserved = { hasReservation: true }

const tables: Record<
  string,
  ReadonlyArray<readonly [what: string, given: Given, expected: string]>
> = {
  'an idle process of its version comes first': [
    ['the last one that was busy', { version: { idle: ['a', 'b'] }, unbound: ['u'] }, 'assign b'],
    ['before a pipe', { version: { idle: ['a'], busy: ['b'], cost: 'cheap' } }, 'assign a'],
    ['not beyond its share', { version: { idle: ['a'] }, share: false }, 'enqueue'],
    ['also for one that waits', { version: { idle: ['a'] }, invocation: queued }, 'assign a']
  ],
  'a cheap version keeps no more processes busy than there are cores': [
    [
      'then its pipes are filled',
      { version: { idle: ['a'], busy: ['b', 'c'], cost: 'cheap' } },
      'pipeline b'
    ],
    [
      'a trivial one keeps one',
      { version: { idle: ['a'], busy: ['b'], cost: 'trivial' } },
      'pipeline b'
    ],
    [
      'an idle one is better than a full pipe',
      { version: { idle: ['a'], busy: ['b', 'c'], cost: 'cheap', held: 4 } },
      'assign a'
    ],
    [
      'one that computes briefly waits where as many get on as there are cores',
      { version: { idle: ['a'], busy: ['b', 'c'], cost: 'brief' } },
      'enqueue'
    ],
    [
      'but not for one that is stalled',
      { version: { idle: ['a'], busy: ['b', 'c'], cost: 'brief', progressing: 1 } },
      'assign a'
    ],
    [
      'a version that computes keeps all busy',
      { version: { idle: ['a'], busy: ['b', 'c'], cost: 'cpu-bound' } },
      'assign a'
    ]
  ],
  pipes: [
    ['of cheap versions alone', { version: { busy: ['b'], cost: 'unknown' } }, 'start'],
    [
      'hold three behind the one that runs',
      { version: { busy: ['b', 'c'], cost: 'cheap', held: 3 } },
      'pipeline b'
    ],
    ['and no more', { version: { busy: ['b', 'c'], cost: 'cheap', held: 4 } }, 'enqueue'],
    [
      'but one more for every four that wait',
      { version: { busy: ['b', 'c'], cost: 'cheap', held: 4 }, waiting: 4, invocation: queued },
      'pipeline b'
    ],
    [
      'need no share: the process is held already',
      { version: { busy: ['b'], cost: 'cheap' }, share: false },
      'pipeline b'
    ]
  ],
  'an unbound process is bound': [
    ['for a version without any', { unbound: ['u', 'v'], invocation: fresh }, 'bind u'],
    ['not beyond the share', { unbound: ['u'], share: false }, 'enqueue'],
    [
      'at once where all are stalled',
      { version: { busy: ['b'], progressing: 0 }, unbound: ['u'], invocation: fresh },
      'bind u'
    ],
    [
      'at once where invocations mostly wait',
      { version: { busy: ['b'], cost: 'io-bound' }, unbound: ['u'], invocation: fresh },
      'bind u'
    ],
    [
      'at once where each has its own',
      { version: { busy: ['b'] }, singleUse: true, unbound: ['u'], invocation: fresh },
      'bind u'
    ],
    [
      'only after a while where others get on',
      { version: { busy: ['b'] }, unbound: ['u'], invocation: fresh },
      'enqueue'
    ],
    ['after it', { version: { busy: ['b'] }, unbound: ['u'] }, 'bind u'],
    [
      'not while the first process of its version has told nothing yet',
      { version: { busy: ['b'], untried: true, progressing: 0 }, unbound: ['u'] },
      'enqueue'
    ],
    [
      'nor before it waited for as long as the code takes to compile',
      {
        version: { busy: ['b'], loadMs: 500 },
        unbound: ['u'],
        invocation: { queuedAt: NOW - 400 }
      },
      'enqueue'
    ],
    [
      'from when its version was first tried',
      {
        version: { busy: ['b'], triedAt: NOW - 400, loadMs: 500 },
        unbound: ['u'],
        invocation: { queuedAt: NOW - 2000 }
      },
      'enqueue'
    ],
    [
      'then it is',
      {
        version: { busy: ['b'], triedAt: NOW - 500, loadMs: 500 },
        unbound: ['u'],
        invocation: { queuedAt: NOW - 2000 }
      },
      'bind u'
    ],
    [
      'never where the cores are taken',
      { version: { busy: ['b', 'c'] }, unbound: ['u'] },
      'enqueue'
    ]
  ],
  'what finds no process waits, and has one started where that helps': [
    ['a new version', { invocation: fresh }, 'start'],
    ['not beyond the share', { share: false }, 'enqueue'],
    ['not yet', { version: { busy: ['b'] }, invocation: fresh }, 'enqueue'],
    ['one that waits in the queue stays there', { invocation: queued }, 'enqueue']
  ],
  'first come, first served': [
    ['behind others of its function', { version: { idle: ['a'] }, others: true }, 'start'],
    [
      'when its turn has come',
      { version: { idle: ['a'] }, others: true, invocation: queued },
      'assign a'
    ]
  ],
  'an invocation is rejected': [
    [
      'when its caller has hung up',
      { version: { idle: ['a'] }, invocation: { isAbandoned: true } },
      'reject CALLER_GONE'
    ],
    [
      'in the queue too',
      { version: { idle: ['a'] }, invocation: { ...queued, isAbandoned: true } },
      'reject CALLER_GONE'
    ],
    [
      'when the server stops',
      { version: { idle: ['a'] }, stopping: true },
      'reject SERVER_STOPPING'
    ],
    [
      'but not once it waits',
      { version: { idle: ['a'] }, stopping: true, invocation: queued },
      'assign a'
    ],
    [
      'nor with a place that was kept',
      { version: { idle: ['a'] }, stopping: true, invocation: reserved },
      'assign a'
    ],
    ['when the queue is full', { full: true }, 'reject QUEUE_FULL'],
    [
      'but not with a place that was kept',
      { full: true, invocation: { ...reserved, ...fresh } },
      'start'
    ],
    ['nor when it need not wait', { full: true, version: { idle: ['a'] } }, 'assign a']
  ]
}

for (const [name, rows] of Object.entries(tables)) {
  t.test(name, async t => {
    for (const [what, given, expected] of rows) t.equal(decided(given), expected, what)
  })
}

t.test('processes are wanted for what waits', async t => {
  const needed = (given: Given) =>
    neededProcesses(toState(given), toCandidate(given.invocation), 5, NOW)
  t.equal(needed({}), 1, 'one for a version without any')
  t.equal(needed({ version: { busy: ['b'] } }), 1, 'one more where others get on')
  t.equal(needed({ version: { busy: ['b'], cost: 'io-bound' } }), 5, 'one each where all wait')
  t.equal(needed({ version: { busy: ['b'], progressing: 0 } }), 5, 'one each where all are stalled')
  t.equal(
    needed({ version: { busy: ['b'], untried: true, progressing: 0 } }),
    0,
    'none while the first one of the version has told nothing yet'
  )
  t.equal(needed({ singleUse: true }), 5, 'one each where no process is used twice')
  t.equal(needed({ version: { busy: ['b', 'c'] } }), 0, 'none where the cores are taken')
  t.equal(needed({ share: false }), 0, 'none beyond the share')
})
