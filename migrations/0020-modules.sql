-- Shared modules: Lua code that functions load with `require`. Names differ by more than their case, since they become
-- file names.
create table modules (
  seq integer primary key autoincrement,
  id text not null unique,
  name text not null unique collate nocase,
  description text,
  created_at integer not null,
  updated_at integer not null,
  active_version integer not null,
  -- The greatest number ever given: version numbers are not used twice.
  last_version integer not null,
  -- How often it was changed: so a state that comes back has another name.
  changes integer not null default 0
) strict;

create table module_versions (
  seq integer primary key,
  module integer not null references modules (seq) on delete cascade,
  version integer not null,
  created_at integer not null,
  code text not null,
  created_by text,
  message text,
  "commit" text,
  -- A JSON list of the names that its code requires, sorted; `*` stands for names that are computed.
  requires text not null,
  -- A JSON list of what it gives to those who require it.
  exports text not null,
  unique (module, version)
) strict;

create index module_versions_requiring on module_versions (seq) where requires <> '[]';

-- The same of functions' versions; null: the code has not been looked at yet.
alter table versions add column requires text;

create index versions_requiring on versions (seq) where requires <> '[]';
create index versions_unread on versions (seq) where requires is null;
