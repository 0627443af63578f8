/** The chapters of the documentation, in reading order. */
export const describeTags = [
  {
    name: 'Authentication',
    description: 'With the API key (`Authorization: Bearer KEY`), or with a session in a cookie.'
  },
  { name: 'Functions', description: 'What runs: name, code, variables, schedule.' },
  { name: 'Shared variables', description: 'Variables that every function sees.' },
  { name: 'Versions', description: 'Every code that a function has had.' },
  { name: 'Modules', description: 'Lua that functions share: they load it with `require`.' },
  { name: 'Runs', description: 'Running code from the dashboard or a script, besides calling it.' },
  { name: 'Executions', description: 'What happened: each run with its event, logs and errors.' },
  {
    name: 'Jobs',
    description: 'Calls that run in the background, and are kept until they succeed.'
  },
  { name: 'Stored values', description: 'The key-value stores.' },
  { name: 'Schedules', description: 'When functions run by themselves.' },
  { name: 'Alerts', description: 'Who is told when something goes wrong, and how.' },
  { name: 'Server', description: 'The server itself.' },
  { name: 'Calls', description: 'Calling functions; no authentication.' }
]
