-- Everything Moonlet stores, on PostgreSQL. Times are Unix seconds unless said otherwise; texts are compared by bytes.
-- What a text column cannot hold (U+0000, lone surrogates) is written in another form: db/texts.ts.

-- Servers on this database. `stripe` is which of the parallel counters a server adds to, so that servers do not wait
-- for each other; a sum over all stripes is the number.
create table nodes (
  id integer generated always as identity primary key,
  -- Of one run of a server.
  name text not null unique,
  host text not null,
  version text not null,
  started_at bigint not null,
  -- Unix milliseconds, by the clock of the database.
  lease_until bigint not null
);

-- Whose settings these are: fingerprints of SECRET_KEY and API_KEY.
create table fingerprints (
  name text primary key,
  hash bytea not null
);

create table functions (
  seq bigint generated always as identity primary key,
  id text collate "C" not null unique,
  name text collate "C" not null,
  description text collate "C",
  disabled smallint not null,
  retention_days integer,
  cron_schedule text collate "C",
  cron_status text collate "C" not null,
  cron_catch_up smallint not null default 0,
  save_response smallint not null,
  allow_same_origin smallint not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  active_version integer,
  -- The greatest number ever given: version numbers are not used twice.
  last_version integer not null,
  -- By how many seconds the time in the id of an execution and its created_at have differed at most.
  id_skew bigint not null default 0,
  last_cron_at bigint,
  -- How often it, its versions or its variables were changed.
  changes bigint not null default 0,
  slug text collate "C" unique,
  front_door text,
  -- Limits of its front door that statements look at.
  kv_bytes bigint,
  history_bytes bigint,
  max_concurrency integer,
  -- It waits for its purge, where nobody sees it.
  removed boolean not null default false
);

create index functions_by_age on functions (created_at, seq);
create index functions_scheduled on functions (seq)
  where cron_schedule <> '' and cron_status = 'active' and disabled = 0;

-- Whose values and variables: 0 are those that all functions share, null: there is no such function.
create function owner_of(scope text) returns bigint language plpgsql stable as $$
begin
  if scope = '' then return 0; end if;
  return (select seq from functions where id = scope);
end $$;

create table versions (
  function bigint not null references functions (seq),
  version integer not null,
  created_at bigint not null,
  code text not null,
  created_by text,
  message text,
  commit text,
  -- A JSON list of the names of the modules that its code requires, sorted; `*` stands for names that are computed.
  requires text not null,
  primary key (function, version)
);
create index versions_requiring on versions (function, version) where requires <> '[]';

-- Shared modules. Names differ by more than their case, since they become file names.
create table modules (
  seq bigint generated always as identity primary key,
  id text collate "C" not null unique,
  name text collate "C" not null,
  description text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  active_version integer not null,
  -- The greatest number ever given: version numbers are not used twice.
  last_version integer not null,
  -- How often it was changed: so a state that comes back has another name.
  changes bigint not null default 0
);
create unique index modules_by_name on modules (lower(name));

create table module_versions (
  module bigint not null references modules (seq) on delete cascade,
  version integer not null,
  created_at bigint not null,
  code text not null,
  created_by text,
  message text,
  commit text,
  requires text not null,
  -- A JSON list of what it gives to those who require it.
  exports text not null,
  primary key (module, version)
);
create index module_versions_requiring on module_versions (module, version) where requires <> '[]';

-- What every server has to know of changes: of each function, and of each set of variables (`env` and the
-- function's id), the number of its newest change. The one row of
-- `change_number` is locked until the change is committed, so numbers become visible in their order.
create table change_number (n bigint not null);
insert into change_number values (0);
create table changes (
  function_id text collate "C" primary key,
  n bigint not null,
  -- The server that made it, which knows already.
  node integer not null
);
create index changes_by_number on changes (n);

create function note_change(changed text, by_node integer) returns void language plpgsql as $$
declare number bigint;
begin
  update change_number set n = n + 1 returning n into number;
  insert into changes (function_id, n, node) values (changed, number, by_node)
  on conflict (function_id) do update set n = excluded.n, node = excluded.node;
  perform pg_notify('moonlet_changes', number::text);
end $$;

-- What is removed for every reader, but not yet from the tables. `version` 0 means the whole function.
create table purges (
  function bigint not null,
  version integer not null,
  primary key (function, version)
);

-- Those that all functions share have function 0.
create table env (
  function bigint not null,
  name text collate "C" not null,
  value bytea not null,
  primary key (function, name)
);

create table env_history (
  seq bigint generated always as identity primary key,
  function bigint not null,
  replaced_at bigint not null,
  replaced_by text not null,
  sealed bytea not null
);
create index env_history_by_function on env_history (function, seq);
create index env_history_by_age on env_history (replaced_at);

-- How often the shared variables were changed: so a state that comes back has another name.
create table shared_env_changes (changes bigint not null);
insert into shared_env_changes values (0);

create table access_keys (
  id text collate "C" primary key,
  function bigint not null,
  name text collate "C" not null,
  hash bytea not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint
);
create index access_keys_by_function on access_keys (function, id);

-- Written to prove that the database takes writes.
create table probes (
  id integer primary key,
  at bigint not null
);
-- Bytes that each function keeps; `function` 0 is the store that all share, -1 all functions together.
create table stored_bytes (
  function bigint not null,
  stripe smallint not null,
  history bigint not null default 0,
  kv bigint not null default 0,
  primary key (function, stripe)
) with (fillfactor = 50);

create function add_stored(owner bigint, at_stripe integer, by_history bigint, by_kv bigint) returns void
language plpgsql as $$
begin
  if owner < 0 or (by_history = 0 and by_kv = 0) then return; end if;
  update stored_bytes set history = history + by_history, kv = kv + by_kv where function = owner and stripe = at_stripe;
  if not found then
    insert into stored_bytes (function, stripe, history, kv) values (owner, at_stripe, by_history, by_kv)
    on conflict (function, stripe) do update
      set history = stored_bytes.history + excluded.history, kv = stored_bytes.kv + excluded.kv;
  end if;
  update stored_bytes set history = history + by_history, kv = kv + by_kv where function = -1 and stripe = at_stripe;
  if not found then
    insert into stored_bytes (function, stripe, history, kv) values (-1, at_stripe, by_history, by_kv)
    on conflict (function, stripe) do update
      set history = stored_bytes.history + excluded.history, kv = stored_bytes.kv + excluded.kv;
  end if;
end $$;
