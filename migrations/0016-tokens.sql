-- Tokens of the management API. Of a token its SHA-256 is kept; times are Unix seconds.
create table tokens (
  id text primary key,
  hash blob not null unique,
  name text not null,
  -- JSON lists; functions: null means all.
  scopes text not null,
  functions text,
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  last_used_ip text
) strict;
