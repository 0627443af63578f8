/** The management API, by resource. */
import type { FastifyInstance } from 'fastify'
import { apiScope } from '../../core/http/conventions.js'
import { addAuditRoute } from './audit/routes.js'
import { addAccessKeyRoutes } from './functions/access-keys.js'
import { addFunctionChanges } from './functions/change.js'
import { addPushRoute } from './functions/push.js'
import { addUsageRoute } from './functions/usage.js'
import { addFunctionRoutes } from './functions/routes.js'
import { addExecutionDetails } from './executions/details.js'
import { addExecutionRoutes } from './executions/routes.js'
import { addEventRoutes } from './executions/events.js'
import { addKvRoutes } from './kv/routes.js'
import { addKvValues } from './kv/values.js'
import { addCheckRoute } from './invocations/check.js'
import { addDraftRoute } from './invocations/draft.js'
import { addModuleRoutes } from './modules/routes.js'
import { addModuleVersionRoutes } from './modules/versions.js'
import { addRerunRoute } from './invocations/rerun.js'
import { addNodesRoute } from './server/nodes.js'
import { addStatusRoute } from './server/status.js'
import { addDiffRoute } from './versions/diff.js'
import { addVariableRoutes } from './variables/routes.js'
import { addVersionRoutes } from './versions/routes.js'

export default async function routes(fastify: FastifyInstance) {
  const api = apiScope(fastify)
  addFunctionRoutes(api)
  addFunctionChanges(api)
  addPushRoute(api)
  addAccessKeyRoutes(api)
  addUsageRoute(api)
  addVariableRoutes(api)
  addVersionRoutes(api)
  addDiffRoute(api)
  addModuleRoutes(api)
  addModuleVersionRoutes(api)
  addExecutionRoutes(api)
  addExecutionDetails(api)
  addEventRoutes(api)
  addDraftRoute(api)
  addCheckRoute(api)
  addRerunRoute(api)
  addKvRoutes(api)
  addKvValues(api)
  addStatusRoute(api)
  addNodesRoute(api)
  addAuditRoute(api)
}
