/** One job: its event, its attempts, and what becomes of it. */
import { component, part } from '../../alpine.js'
import {
  cancelJob,
  deleteJob,
  getJob,
  redriveJob,
  type Attempt,
  type JobDetail
} from '../../api/jobs.js'
import { isMissing } from '../../api/failure.js'
import { prettyJson } from '../../format/json-layout.js'
import { t } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { loadInto, loading, withBusy } from '../../shell/loading.js'
import { startPolling, type Polling } from '../../shell/polling.js'
import { navigate, route } from '../../shell/router.js'
import { fail, succeed } from '../../shell/toasts.js'
import { dotOf, outcomeText, triggerName } from '../function/execution-labels.js'
import { attemptText, dotOfJob, isFinished, statusText, whenText, whyText } from './labels.js'

const POLL_MS = 2_000

const createState = () => ({
  ...loading(),
  busy: false,
  id: route.detail,
  job: undefined as JobDetail | undefined,
  /** The event as JSON that can be read. */
  event: '',
  /** The number of the version to run again with; empty for the active one. */
  version: ''
})
type State = ReturnType<typeof createState>

const createLoading = () =>
  part<State>()({
    load(): Promise<void> {
      const { id } = this
      return loadInto(
        this,
        () => getJob(id),
        job => {
          this.show(job)
        }
      )
    },
    show(job: JobDetail) {
      this.job = job
      const json = job.event_json ?? ''
      this.event = prettyJson(json) ?? json
    },
    /** Another job takes the place of this one. */
    follow(id: string) {
      Object.assign(this, { id, status: 'loading', job: undefined, version: '' })
      this.load()
    },
    canEnd(): boolean {
      return this.job !== undefined && !isFinished(this.job)
    },
    hasEnded(): boolean {
      return this.job !== undefined && isFinished(this.job)
    }
  })
type JobLoading = ReturnType<typeof createLoading>

const createChanges = () =>
  part<State & JobLoading>()({
    redrive() {
      const version = String(this.version).trim()
      return this.change(
        () => redriveJob(this.id, version === '' ? undefined : Number(version)),
        t('jobs.redrivenOne')
      )
    },
    cancel() {
      return this.change(() => cancelJob(this.id), t('jobs.cancelled'))
    },
    /** What is there after a change counts, whatever was still being asked for. */
    change(work: () => Promise<JobDetail>, done: string) {
      const send = async (): Promise<void> => {
        const job = await work()
        await loadInto(
          this,
          () => Promise.resolve(job),
          shown => {
            this.show(shown)
          }
        )
        succeed(done)
      }
      return withBusy(this, send, error => {
        if (isMissing(error)) this.load()
        else fail(error)
      })
    },

    async discard() {
      const answer = await ask({
        title: t('jobs.discardTitle_one', { count: 1 }),
        text: t('jobs.discardText'),
        confirm: t('jobs.discard'),
        danger: true
      })
      if (answer !== 'confirm') return
      const work = async (): Promise<void> => {
        await deleteJob(this.id)
        succeed(t('jobs.discarded_one', { count: 1 }))
        await navigate('/jobs')
      }
      await withBusy(this, work, fail)
    }
  })

component('job', () => {
  let polling: Polling | undefined
  return {
    ...createState(),
    ...createLoading(),
    ...createChanges(),
    statusText,
    whyText,
    whenText,
    attemptText,
    dot: dotOfJob,
    attemptDot: dotOf,
    headline: ({ error_message: message = '' }: Attempt) => message.split('\n', 1)[0] ?? '',
    outcome: outcomeText,
    trigger: triggerName,

    init() {
      this.load()
      this.$watch('$store.route.detail', () => {
        if (route.page === 'jobs' && route.detail !== '') this.follow(route.detail)
      })
      polling = startPolling(
        () => this.load(),
        () => !this.busy && this.canEnd(),
        POLL_MS
      )
    },
    destroy() {
      polling?.stop()
    }
  }
})
