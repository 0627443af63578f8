-- A readable name in the address of a function, and who may call it, where, how often and how much, as one JSON text
-- in the form of the API; null: nothing of that is set.
alter table functions add column slug text;
alter table functions add column front_door text;

create unique index functions_by_slug on functions (slug) where slug is not null;

-- Keys of functions. Of a key its SHA-256 is kept; times are Unix seconds.
create table access_keys (
  id text primary key,
  function integer not null,
  name text not null,
  hash blob not null,
  created_at integer not null,
  expires_at integer,
  last_used_at integer
) strict;

create index access_keys_by_function on access_keys (function, id);
