/** What is read of executions. */
import { commonColumns, toExecution, wholeTexts, type ExecutionRow } from '../../executions/rows.js'
import { quoteNames } from '../db/sql-text.js'

export { toExecution, type ExecutionRow }

/** For lists: large events are cut. Both are to be read from `executions e` joined with `functions f`. */
export const listedColumns = quoteNames(
  `${commonColumns}, e.node, e.event_json as eventJson, null as responseJson`
)

/** Everything whole. */
export const wholeColumns = quoteNames(`${commonColumns}, e.node, ${wholeTexts('e.id')}`)

/** Executions whose functions and versions still exist. */
export const visible = `from executions e join functions f on f.seq = e.function and not f.removed
  where not exists (select 1 from purges p where p.function = e.function and p.version in (0, e.version))`
