-- Functions, their versions, and what they keep. `seq` is the short key that everything else refers to; it is
-- never used twice. A removed function gives up its `id` at once and its other rows in small steps: see `purges`.
create table functions (
  seq integer primary key autoincrement,
  id text not null unique,
  name text not null,
  description text,
  disabled integer not null default 0,
  retention_days integer,
  cron_schedule text,
  cron_status text not null default 'paused',
  cron_catch_up integer not null default 0,
  save_response integer not null default 0,
  -- Its pages may share an origin: answers carry no sandboxing policy.
  allow_same_origin integer not null default 0,
  created_at integer not null,
  updated_at integer not null,
  active_version integer,
  -- The greatest number ever given: version numbers are not used twice.
  last_version integer not null,
  -- By how many seconds the time in the id of an execution and its created_at have differed at most.
  id_skew integer not null default 0
) strict;

create index functions_by_age on functions (created_at, seq);
create index functions_scheduled on functions (seq)
  where cron_schedule <> '' and cron_status = 'active' and disabled = 0;

create table versions (
  seq integer primary key,
  function integer not null references functions (seq),
  version integer not null,
  created_at integer not null,
  code text not null,
  unique (function, version)
) strict;

-- What is removed for every reader, but not yet from the file. `version` 0 means the whole function.
create table purges (
  function integer not null,
  version integer not null,
  primary key (function, version)
) strict, without rowid;

-- `function` 0 is the store shared by all functions. `expires_at` in Unix milliseconds.
create table kv (
  function integer not null,
  key blob not null,
  expires_at integer,
  value blob not null,
  primary key (function, key)
) strict, without rowid;

create index kv_expiring on kv (expires_at) where expires_at is not null;

-- `value` is a blob when it is encrypted, text when it is not.
create table env (
  function integer not null references functions (seq),
  name text not null,
  value any not null,
  primary key (function, name)
) strict, without rowid;

-- Written to prove that the database takes writes.
create table probes (
  id integer primary key check (id = 1),
  at integer not null
) strict;
