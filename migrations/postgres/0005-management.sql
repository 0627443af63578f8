-- Sessions, tokens, alerts and the audit: see core/contracts/.
create table sessions (
  id text collate "C" primary key,
  token_hash text collate "C" not null unique,
  key_mark text collate "C" not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  address text not null,
  user_agent text
);

create table tokens (
  id text collate "C" primary key,
  hash bytea not null unique,
  name text collate "C" not null,
  scopes text not null,
  functions text,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  last_used_ip text
);

create table alerts (
  seq bigint generated always as identity primary key,
  id text collate "C" not null unique,
  rule text not null,
  target bytea not null,
  state text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table alert_messages (
  seq bigint generated always as identity primary key,
  alert bigint not null,
  message text not null,
  attempts integer not null default 0,
  due_at bigint not null
);
create index alert_messages_by_alert on alert_messages (alert);

create table audit (
  id bigint generated always as identity primary key,
  at bigint not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C",
  actor_name text collate "C",
  via text not null,
  ip text not null,
  action text not null,
  target_kind text collate "C" not null,
  target_id text,
  target_name text,
  function_id text collate "C",
  before text,
  after text
);
create index audit_by_function on audit (function_id, id) where function_id is not null;
create index audit_by_time on audit (at);
