-- Rules by which somebody is told; see core/contracts/alerts.ts. Times are Unix milliseconds.
create table alerts (
  seq integer primary key,
  id text not null unique,
  -- JSON, without the target.
  rule text not null,
  -- JSON, encrypted: addresses of webhooks are secrets.
  target blob not null,
  -- JSON
  state text not null,
  created_at integer not null,
  updated_at integer not null
) strict;

-- What is told and not delivered yet.
create table alert_messages (
  seq integer primary key,
  alert integer not null,
  -- JSON
  message text not null,
  attempts integer not null default 0,
  due_at integer not null
) strict;

create index alert_messages_by_alert on alert_messages (alert);
