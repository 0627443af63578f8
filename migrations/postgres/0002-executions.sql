-- History. `bytes` is what the row and all that belongs to it count for in quotas.
create table executions (
  id text collate "C" primary key,
  function bigint not null,
  version integer not null,
  -- 0 pending, 1 success, 2 error
  status smallint not null,
  -- The server that ran it.
  node integer,
  attempt integer,
  created_at bigint not null,
  duration_ms bigint,
  bytes bigint not null,
  status_code integer,
  http_left_out integer,
  stream_size bigint,
  first_byte_ms bigint,
  trigger text collate "C" not null,
  job_id text collate "C",
  fault_kind text collate "C",
  error_message text,
  fault_json text,
  event_json text not null,
  response_json text
) with (fillfactor = 85);

create index executions_by_function on executions (function, id);
-- What was running on a server that died.
create index executions_pending on executions (node) where status = 0;
create index executions_by_job on executions (job_id, id) where job_id is not null;

create table execution_counts (
  function bigint not null,
  version integer not null,
  trigger text collate "C" not null,
  status smallint not null,
  stripe smallint not null,
  total bigint not null,
  primary key (function, version, trigger, status, stripe)
) with (fillfactor = 50);

-- `n` counts from 0 within one execution; `level` 0 debug, 1 info, 2 warn, 3 error.
create table logs (
  execution text collate "C" not null,
  n integer not null,
  level smallint not null,
  created_at bigint not null,
  message text not null,
  primary key (execution, n)
);

create table large_events (
  execution text collate "C" primary key,
  event_json text not null
);

create table large_responses (
  execution text collate "C" primary key,
  response_json text not null
);

create table ai_requests (
  id text collate "C" primary key,
  execution text collate "C" not null,
  input_tokens bigint,
  output_tokens bigint,
  duration_ms bigint not null,
  created_at bigint not null,
  provider text not null,
  model text not null,
  endpoint text not null,
  status text not null,
  error_message text,
  request_json text not null,
  response_json text
);
create index ai_requests_by_execution on ai_requests (execution, id);

create table email_requests (
  id text collate "C" primary key,
  execution text collate "C" not null,
  has_text smallint not null,
  has_html smallint not null,
  duration_ms bigint not null,
  created_at bigint not null,
  sender text not null,
  recipients_json text not null,
  subject text not null,
  status text not null,
  error_message text,
  email_id text,
  request_json text not null,
  response_json text
);
create index email_requests_by_execution on email_requests (execution, id);

create table http_requests (
  id text collate "C" primary key,
  execution text collate "C" not null,
  status_code integer,
  request_size bigint not null,
  response_size bigint,
  duration_ms bigint not null,
  created_at bigint not null,
  method text not null,
  url text not null,
  status text not null,
  error_message text
);
create index http_requests_by_execution on http_requests (execution, id);
