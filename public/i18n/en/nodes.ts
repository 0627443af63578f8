/** The servers on one database. */
export const nodeTexts = {
  nodes: {
    intro: 'The servers that work on this database. Each reports its state every few seconds.',
    single: 'One server works on this data, which is in SQLite; several need PostgreSQL, see',
    guide: 'Outgrow one machine',
    mixed: 'Servers of different versions work together ({versions}): upgrade the older ones.',
    server: 'Server',
    version: 'Version',
    load: 'Load',
    sandboxes: 'Sandboxes',
    lag: 'Lag',
    answers: 'answers this page',
    leads: 'leads',
    leadsHint: 'Does what one server does for all: schedules, alerts, retention',
    gone: 'is gone',
    upSince: 'Number {id}, started {when}',
    goneSince: 'Number {id}, last seen {when}',
    versionOf: 'Version {version}',
    calls: '{rate} calls/s, {running} running',
    machine_one: 'load {load} on {count} core',
    machine_other: 'load {load} on {count} cores',
    memory: '{size}',
    processes: '{busy} busy, {idle} idle',
    most: 'at most {max}',
    waiting_one: '{count} call waits',
    waiting_other: '{count} calls wait',
    delay: 'event loop {time} late',
    seen: 'last seen {time} ago',
    behind_one: '{count} change behind',
    behind_other: '{count} changes behind'
  }
} as const
