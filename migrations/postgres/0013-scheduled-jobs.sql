-- A job of a schedule counts for the minute that was taken, whatever the clock of its server says.
create or replace function job_add(
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
    update functions set last_cron_at = greatest(coalesce(last_cron_at, 0), coalesce(
      (select t.scheduled from schedule_ticks t where t.function = owner), created / 1000)) where seq = owner;
  end if;
  perform count_jobs(owner, 0, at_stripe, 1, size);
  perform job_due(owner, due, created);
end $$;
