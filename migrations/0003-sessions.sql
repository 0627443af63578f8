-- Sessions of the dashboard. Of the token only an HMAC is kept.
create table sessions (
  id text primary key,
  token_hash text not null unique,
  key_mark text not null,
  created_at integer not null,
  last_seen_at integer not null,
  expires_at integer not null,
  address text not null,
  user_agent text
) strict, without rowid;
