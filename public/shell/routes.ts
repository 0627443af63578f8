/** Which page an address shows. */
export interface Route {
  page:
    | 'login'
    | 'functions'
    | 'new'
    | 'function'
    | 'modules'
    | 'module'
    | 'data'
    | 'jobs'
    | 'alerts'
    | 'nodes'
    | 'account'
    | 'guide'
    | 'plugin'
    | 'missing'
  /** The function, its tab and what is open in it; empty where they do not apply. */
  id: string
  tab: string
  detail: string
}

export const tabs = [
  'code',
  'test',
  'executions',
  'versions',
  'data',
  'access',
  'settings'
] as const
export const moduleTabs = ['code', 'versions', 'uses', 'settings'] as const
const accountTabs: readonly string[] = ['tokens', 'variables', 'audit']
const plain: readonly string[] = ['login', 'new', 'modules', 'data', 'alerts', 'nodes', 'account']

export function toRoute(path: string): Route {
  const [first = '', id = '', given = '', detail = '', ...rest] = path
    .split('/')
    .filter(Boolean)
    .map(decode)
  const tab = given || 'code'
  const missing: Route = { page: 'missing', id: '', tab: '', detail: '' }
  if (rest.length > 0) return missing
  if (first === '') return { ...missing, page: 'functions' }
  if (plain.includes(first) && id === '') return { ...missing, page: first as Route['page'] }
  if (first === 'account' && given === '' && accountTabs.includes(id)) {
    return { ...missing, page: 'account', tab: id }
  }
  if (first === 'guide' && given === '') return { ...missing, page: 'guide', detail: id }
  if (first === 'pages' && id !== '' && given === '') return { ...missing, page: 'plugin', id }
  if (first === 'jobs' && given === '') return { ...missing, page: 'jobs', detail: id }
  if (first === 'functions' && id !== '' && (tabs as readonly string[]).includes(tab)) {
    return { page: 'function', id, tab, detail }
  }
  const isModule = first === 'modules' && detail === ''
  if (isModule && (moduleTabs as readonly string[]).includes(tab)) {
    return { ...missing, page: 'module', id, tab }
  }
  return missing
}

/** A broken percent escape stands for itself: an address that somebody cut is missing, not a fault of the page. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export const functionPath = (id: string, tab = 'code', detail = ''): string =>
  `/functions/${encodeURIComponent(id)}/${tab}${detail === '' ? '' : `/${encodeURIComponent(detail)}`}`

export const modulePath = (id: string, tab = 'code'): string =>
  `/modules/${encodeURIComponent(id)}/${tab}`
