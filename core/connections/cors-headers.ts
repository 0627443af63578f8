/** On every response, errors included: functions are called from pages of other hosts. */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, DELETE, PATCH, OPTIONS',
  'access-control-allow-headers': 'Content-Type, Authorization',
  'access-control-expose-headers':
    'X-Function-Id, X-Function-Version-Id, X-Execution-Id, X-Execution-Duration-Ms'
} as const
