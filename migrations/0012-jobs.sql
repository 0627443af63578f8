-- Calls that run later: see core/contracts/jobs.ts. Times are Unix milliseconds.
create table jobs (
  seq integer primary key,
  id text not null unique,
  function integer not null,
  -- 0 queued, 1 waiting, 2 running, 3 succeeded, 4 dead, 5 cancelled
  status integer not null,
  trigger text not null,
  created_at integer not null,
  due_at integer not null,
  -- Attempts begun since it was created or redriven, and all of them.
  attempt integer not null default 0,
  attempts integer not null default 0,
  -- Of its event.
  bytes integer not null,
  -- A version that it was redriven to; null: the active one.
  version integer,
  started_at integer,
  finished_at integer,
  -- Who runs it, and until when that is certain.
  lease_owner text,
  lease_until integer,
  -- The execution of the newest attempt.
  execution_id text,
  -- What the newest attempt came to.
  status_code integer,
  reason text,
  error text,
  -- SHA-256 of its Idempotency-Key.
  key_hash blob
) strict;

create index jobs_by_status on jobs (status, id);
create index jobs_by_function on jobs (function, status, id);
create index jobs_due on jobs (function, due_at, seq) where status < 2;
create unique index jobs_by_key on jobs (function, key_hash) where key_hash is not null;

-- The whole event, encrypted.
create table job_events (
  job integer primary key,
  sealed blob not null
) strict;

-- Functions with jobs that are queued or waiting: when the first of them is due, and when one was claimed last.
create table job_queues (
  function integer primary key,
  next_due integer not null,
  turn integer not null
) strict;

create index job_queues_by_due on job_queues (next_due);

-- Exact totals without counting. `function` 0: all functions together.
create table job_counts (
  function integer not null,
  status integer not null,
  total integer not null,
  bytes integer not null,
  primary key (function, status)
) strict, without rowid;

-- Which attempt of which job an execution was.
alter table executions add column job_id text;
alter table executions add column attempt integer;

create index executions_by_job on executions (job_id, id) where job_id is not null;
