-- Events and answers that are larger than a row should be. Lists read `executions` alone, whose `event_json` holds
-- the beginning then, as valid JSON, and whose `response_json` is null.
create table large_events (
  execution integer primary key,
  event_json text not null
) strict;

create table large_responses (
  execution integer primary key,
  response_json text not null
) strict;

insert into large_events (execution, event_json)
select seq, event_json from executions where octet_length(event_json) > 4096;

insert into large_responses (execution, response_json)
select seq, response_json from executions where octet_length(response_json) > 4096;

update executions set
  event_json = iif(octet_length(event_json) <= 4096, event_json, iif(json_valid(event_json), json_object(
    'method', substr(event_json ->> '$.method', 1, 20),
    'path', substr(event_json ->> '$.path', 1, 200),
    'relativePath', substr(event_json ->> '$.relativePath', 1, 100),
    'headers', json('{}'),
    'body', substr(event_json ->> '$.body', 1, 200),
    'query', json('{}'),
    'truncated', json('true')), '{"truncated":true}')),
  response_json = iif(octet_length(response_json) > 4096, null, response_json)
where octet_length(event_json) > 4096 or octet_length(response_json) > 4096;
