/** The jobs of all functions: what runs in the background, what failed for good, and what to do about it. */
import { component, part } from '../../alpine.js'
import { deleteJob, redriveJobs, type Job } from '../../api/jobs.js'
import { t, tn } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { withBusy } from '../../shell/loading.js'
import { startPolling, type Polling } from '../../shell/polling.js'
import { navigate } from '../../shell/router.js'
import { fail, succeed } from '../../shell/toasts.js'
import { attemptText, dotOfJob, isFinished, statusText, whenText, whyText } from './labels.js'
import { createJobsLoading, type JobsLoading } from './list-loading.js'
import { createJobsState, type JobsState } from './list-state.js'

const POLL_MS = 3_000
/** The most that the server redrives by their ids at once. */
const MAX_IDS = 1_000

const createMarks = () =>
  part<JobsState>()({
    markedRows(): Job[] {
      return this.rows.filter(({ id }) => this.marked.includes(id))
    },
    /** Of those that are marked, what has ended. */
    markedFinished(): string[] {
      return this.markedRows()
        .filter(isFinished)
        .map(({ id }) => id)
        .slice(0, MAX_IDS)
    },
    allMarked(): boolean {
      return this.rows.length > 0 && this.marked.length === this.rows.length
    },
    markAll() {
      this.marked = this.allMarked() ? [] : this.rows.map(({ id }) => id)
    }
  })
type Marks = ReturnType<typeof createMarks>

/** Undefined for the active ones. */
const chosenVersion = ({ version }: JobsState): number | undefined => {
  const text = String(version).trim()
  return text === '' ? undefined : Number(text)
}

const createChanges = () =>
  part<JobsState & JobsLoading & Marks>()({
    /** What is chosen for these does not hold for the next. */
    async redrive(which: Parameters<typeof redriveJobs>[0]) {
      const { redriven } = await redriveJobs(which, chosenVersion(this))
      succeed(tn('jobs.redriven', redriven))
      Object.assign(this, { marked: [], version: '' })
      await this.load()
    },
    redriveMarked() {
      const ids = this.markedFinished()
      return withBusy(this, () => this.redrive({ ids }), fail)
    },

    /** Whether all jobs of the filter can be run again: only what has ended can. */
    canRedriveAll(): boolean {
      const { status } = this.filters
      return this.total > 0 && ['dead', 'succeeded', 'cancelled'].includes(status)
    },
    canRedrive(): boolean {
      return this.canRedriveAll() || this.markedFinished().length > 0
    },
    async redriveAll() {
      const version = chosenVersion(this)
      const answer = await ask({
        title: tn('jobs.redriveAllTitle', this.total),
        text:
          version === undefined ? t('jobs.redriveAllText') : t('jobs.redriveAllWith', { version }),
        confirm: t('jobs.redriveAll')
      })
      if (answer !== 'confirm') return
      const work = async (): Promise<void> => {
        const { status, function_id: id = '' } = this.query()
        const filter = { status: status ?? '', ...(id === '' ? {} : { function_id: id }) }
        await this.redrive({ filter })
      }
      await withBusy(this, work, fail)
    },

    async discardMarked() {
      const ids = this.markedFinished()
      const answer = await ask({
        title: tn('jobs.discardTitle', ids.length),
        text: t('jobs.discardText'),
        confirm: t('jobs.discard'),
        danger: true
      })
      if (answer !== 'confirm') return
      const work = async (): Promise<void> => {
        for (const id of ids) await deleteJob(id)
        succeed(tn('jobs.discarded', ids.length))
      }
      await withBusy(this, work, fail)
      this.marked = []
      await this.load()
    }
  })

component('jobs', () => {
  let polling: Polling | undefined
  return {
    ...createJobsState(),
    ...createJobsLoading(),
    ...createMarks(),
    ...createChanges(),
    dot: dotOfJob,
    statusText,
    whyText,
    whenText,
    attemptText,

    init() {
      this.load()
      this.loadFunctions()
      this.$watch('$store.route.query', () => {
        this.followAddress()
      })
      polling = startPolling(
        () => this.load(),
        () => !this.busy && this.rows.some(row => !isFinished(row)),
        POLL_MS
      )
    },
    destroy() {
      polling?.stop()
    },

    filtered() {
      return this.filters.status !== '' || this.filters.functionId !== ''
    },
    /** The one that the address names may not be among those to choose from. */
    isUnknown() {
      const { functionId } = this.filters
      return functionId !== '' && this.functions.every(({ id }) => id !== functionId)
    },

    /** The whole row is a target for the pointer; the name is the link for everyone else. */
    open(event: MouseEvent, { id }: Job) {
      if (event.target instanceof Element && event.target.closest('a, label, input')) return
      navigate(`/jobs/${encodeURIComponent(id)}`)
    }
  }
})
