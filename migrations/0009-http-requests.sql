-- What functions asked of other servers. `executions.http_left_out` is how many more there were than are kept; null: none.
create table http_requests (
  seq integer primary key,
  id text not null unique,
  execution integer not null,
  method text not null,
  url text not null,
  status text not null,
  status_code integer,
  error_message text,
  request_size integer not null,
  response_size integer,
  duration_ms integer not null,
  created_at integer not null
) strict;

create index http_requests_by_execution on http_requests (execution, id);

alter table executions add column http_left_out integer;
