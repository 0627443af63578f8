-- Calls that run later: see core/contracts/jobs.ts. Times are Unix milliseconds.
create table jobs (
  seq bigint generated always as identity primary key,
  id text collate "C" not null unique,
  function bigint not null,
  -- 0 queued, 1 waiting, 2 running, 3 succeeded, 4 dead, 5 cancelled
  status smallint not null,
  attempt integer not null default 0,
  attempts integer not null default 0,
  version integer,
  status_code integer,
  created_at bigint not null,
  due_at bigint not null,
  bytes bigint not null,
  started_at bigint,
  finished_at bigint,
  -- Who runs it, and until when that is certain.
  lease_until bigint,
  lease_owner text collate "C",
  execution_id text collate "C",
  trigger text collate "C" not null,
  reason text,
  error text,
  key_hash bytea
) with (fillfactor = 70);

create index jobs_by_status on jobs (status, id);
create index jobs_by_function on jobs (function, status, id);
create index jobs_due on jobs (function, due_at, seq) where status < 2;
create unique index jobs_by_key on jobs (function, key_hash) where key_hash is not null;
-- Of a function's jobs by its schedule, those that have not finished: it has one at most.
create index jobs_by_schedule on jobs (function) where trigger = 'cron' and status < 3;

create table job_events (
  job bigint primary key,
  sealed bytea not null
);

create table job_queues (
  function bigint primary key,
  next_due bigint not null,
  turn bigint not null
) with (fillfactor = 50);
create index job_queues_by_due on job_queues (next_due);

-- `function` 0: all functions together.
create table job_counts (
  function bigint not null,
  status smallint not null,
  stripe smallint not null,
  total bigint not null,
  bytes bigint not null,
  primary key (function, status, stripe)
) with (fillfactor = 50);

create function count_jobs(owner bigint, at_status integer, at_stripe integer, more bigint, more_bytes bigint)
returns void language sql as $$
  insert into job_counts (function, status, stripe, total, bytes)
  values (0, at_status, at_stripe, more, more_bytes), (owner, at_status, at_stripe, more, more_bytes)
  on conflict (function, status, stripe) do update
    set total = job_counts.total + excluded.total, bytes = job_counts.bytes + excluded.bytes
$$;

create function move_jobs(
  owner bigint, from_status integer, to_status integer, at_stripe integer, more bigint, more_bytes bigint
) returns void language plpgsql as $$
begin
  if from_status = to_status or more = 0 then return; end if;
  perform count_jobs(owner, from_status, at_stripe, -more, -more_bytes);
  perform count_jobs(owner, to_status, at_stripe, more, more_bytes);
end $$;

create function job_due(owner bigint, due bigint, now_ms bigint) returns void language sql as $$
  insert into job_queues (function, next_due, turn) values (owner, due, now_ms)
  on conflict (function) do update set next_due = excluded.next_due where excluded.next_due < job_queues.next_due
$$;

-- Jobs of the function have left the queue.
create function job_queue_left(owner bigint, claimed_at bigint) returns void language plpgsql as $$
declare first bigint;
begin
  select min(due_at) into first from jobs where function = owner and status < 2;
  if first is null then delete from job_queues where function = owner;
  else update job_queues set next_due = first, turn = coalesce(claimed_at, turn) where function = owner;
  end if;
end $$;

-- `status` 0: added; 1: no such function; 4: `earlier` is the job that the key or the schedule gave; 2, 3, 6: no room.
create function job_add(
  function_id text, job_id text, job_trigger text, created bigint, due bigint, sealed bytea, key bytea,
  scheduled boolean, most_waiting bigint, most_bytes bigint, key_ms bigint, at_stripe integer,
  out status integer, out earlier text, out waiting bigint
) language plpgsql as $$
declare
  owner bigint;
  known record;
  new_seq bigint;
  size bigint := octet_length(sealed);
begin
  status := 0;
  select seq into owner from functions where id = function_id;
  if not found then status := 1; return; end if;
  if key is not null or scheduled then
    -- One at a time decides whether there is one already.
    perform pg_advisory_xact_lock(78, hashint8(owner));
  end if;
  if key is not null then
    select seq, id, created_at into known from jobs where function = owner and key_hash = key;
    if found then
      -- Also when the clock was set back since.
      if created - known.created_at < key_ms then status := 4; earlier := known.id; return; end if;
      update jobs set key_hash = null where seq = known.seq;
    end if;
  end if;
  if scheduled then
    select id into earlier from jobs where function = owner and trigger = 'cron' and jobs.status < 3 limit 1;
    if found then status := 4; return; end if;
  end if;
  waiting := coalesce((select sum(total) from job_counts c where c.function = owner and c.status in (0, 1)), 0);
  if waiting >= coalesce(most_waiting, 9e18) then status := 2; return; end if;
  if most_bytes is not null then
    if coalesce((select sum(bytes) from job_counts c where c.function = owner and c.status < 3), 0) + size
      > most_bytes / 2 then
      status := 3; return;
    end if;
    if coalesce((select sum(bytes) from job_counts c where c.function = 0 and c.status < 3), 0) + size > most_bytes then
      status := 6; return;
    end if;
  end if;
  insert into jobs (id, function, status, trigger, created_at, due_at, bytes, key_hash)
  values (job_id, owner, 0, job_trigger, created, due, size, key)
  on conflict (id) do nothing returning seq into new_seq;
  -- It is asked again, since the first answer was lost.
  if new_seq is null then return; end if;
  insert into job_events (job, sealed) values (new_seq, job_add.sealed);
  if scheduled then
    update functions set last_cron_at = greatest(coalesce(last_cron_at, 0), created / 1000) where seq = owner;
  end if;
  perform count_jobs(owner, 0, at_stripe, 1, size);
  perform job_due(owner, due, created);
end $$;

-- What becomes of a running job; false: the owner does not hold that lease any more. `to_status` 0 gives it back.
create function job_settle(
  job_id text, owner text, at_attempts integer, now_ms bigint, to_status integer, due bigint, code integer,
  why text, words text, at_stripe integer
) returns boolean language plpgsql as $$
declare
  job record;
  became integer := to_status;
begin
  select j.seq, j.function, j.attempt, j.bytes into job from jobs j
  where j.id = job_id and j.status = 2 and j.lease_owner = owner and j.attempts = at_attempts
    and not exists (select 1 from purges p where p.function = j.function and p.version = 0)
  for update of j;
  if not found then return false; end if;
  if to_status = 0 then
    became := case when job.attempt > 1 then 1 else 0 end;
    update jobs set status = became, due_at = due, attempt = attempt - 1, attempts = attempts - 1,
      lease_owner = null, lease_until = null, execution_id = null where seq = job.seq;
  elsif to_status = 1 then
    update jobs set status = 1, due_at = due, status_code = code, error = words,
      lease_owner = null, lease_until = null where seq = job.seq;
  else
    update jobs set status = to_status, finished_at = now_ms, status_code = code, reason = why, error = words,
      lease_owner = null, lease_until = null where seq = job.seq;
  end if;
  perform move_jobs(job.function, 2, became, at_stripe, 1, job.bytes);
  if became < 2 then perform job_due(job.function, due, now_ms); end if;
  return true;
end $$;
