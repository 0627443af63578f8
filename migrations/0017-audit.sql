-- Who changed what. `at` is in Unix seconds; `before` and `after` are JSON objects of what differs, without secrets.
create table audit (
  id integer primary key autoincrement,
  at integer not null,
  actor_kind text not null,
  actor_id text,
  actor_name text,
  via text not null,
  ip text not null,
  action text not null,
  target_kind text not null,
  target_id text,
  target_name text,
  -- The function that it is about or belongs to.
  function_id text,
  before text,
  after text
) strict;

create index audit_by_function on audit (function_id, id) where function_id is not null;
create index audit_by_time on audit (at);
