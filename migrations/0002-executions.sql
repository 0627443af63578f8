-- History. Large columns come last, so that reading the others does not touch them.
create table executions (
  seq integer primary key,
  id text not null unique,
  function integer not null references functions (seq),
  version integer not null,
  -- 0 pending, 1 success, 2 error
  status integer not null,
  trigger text not null,
  created_at integer not null,
  duration_ms integer,
  error_message text,
  fault_json text,
  event_json text not null,
  response_json text
) strict;

-- Newest first within a function, with all that filters look at, so that filtering reads the index alone.
create index executions_by_function on executions (function, id, status, trigger, version, created_at);
-- For retention.
create index executions_by_age on executions (function, created_at);
-- What was running when the server died.
create index executions_pending on executions (seq) where status = 0;

-- Exact totals without counting.
create table execution_counts (
  function integer not null,
  version integer not null,
  trigger text not null,
  status integer not null,
  total integer not null,
  primary key (function, version, trigger, status)
) strict, without rowid;

-- `n` counts from 0 within one execution; `level` 0 debug, 1 info, 2 warn, 3 error.
create table logs (
  execution integer not null,
  n integer not null,
  level integer not null,
  created_at integer not null,
  message text not null,
  primary key (execution, n)
) strict, without rowid;

create table ai_requests (
  seq integer primary key,
  id text not null unique,
  execution integer not null,
  provider text not null,
  model text not null,
  endpoint text not null,
  status text not null,
  error_message text,
  input_tokens integer,
  output_tokens integer,
  duration_ms integer not null,
  created_at integer not null,
  request_json text not null,
  response_json text
) strict;

create index ai_requests_by_execution on ai_requests (execution, id);

create table email_requests (
  seq integer primary key,
  id text not null unique,
  execution integer not null,
  sender text not null,
  recipients_json text not null,
  subject text not null,
  has_text integer not null,
  has_html integer not null,
  status text not null,
  error_message text,
  email_id text,
  duration_ms integer not null,
  created_at integer not null,
  request_json text not null,
  response_json text
) strict;

create index email_requests_by_execution on email_requests (execution, id);
