-- Written while the disk of the database is known to have been full: whether there is room again.
alter table probes add column filler bytea;

-- Which server leads, for each kind of work that one server at a time does. It leads for as long as it lives.
create table leads (
  name text primary key,
  node integer not null
);

create function node_lives(of_node integer) returns boolean language sql stable as $$
  select exists (select from nodes n where n.id = of_node and n.lease_until > now_ms())
$$;

-- Whether the server leads; it does from now on when nobody else does.
create function take_lead(of_work text, of_node integer) returns boolean language plpgsql as $$
begin
  insert into leads (name, node) values (of_work, of_node)
  on conflict (name) do update set node = excluded.node
    where leads.node <> excluded.node and not node_lives(leads.node);
  return exists (select from leads where name = of_work and node = of_node);
end $$;

-- Who has taken the minute; the function's last_cron_at says whether anything is recorded of it.
alter table schedule_ticks add column node integer;

-- How much later than its minute something may be that a server has taken and recorded nothing of, before the next
-- minute takes its place: longer than its server may wait for a sandbox, and than a lease lasts after that.
create function tick_patience() returns integer language sql immutable as 'select 90';

-- `ours`: functions that the server is to run for the minute `due`. `open`: those that are to be asked for again, since
-- another server runs them, or will, and nothing is recorded yet. What a server took that is gone is taken again.
create function claim_ticks(ids text[], due bigint, of_node integer, out ours text[], out open text[])
language plpgsql as $$
begin
  ours := '{}';
  if take_lead('schedules', of_node) then
    with wanted as (
      select f.seq, f.id, coalesce(f.last_cron_at, 0) as recorded
      from functions f where f.id = any(ids) and not f.removed order by f.seq
    ), taken as (
      insert into schedule_ticks as t (function, scheduled, node) select w.seq, due, of_node from wanted w
      on conflict (function) do update set scheduled = excluded.scheduled, node = excluded.node
        where t.scheduled < excluded.scheduled and (
            t.node is not distinct from excluded.node
            or (select w.recorded from wanted w where w.seq = t.function) >= t.scheduled
            or now_ms() / 1000 > t.scheduled + tick_patience())
          or t.scheduled = excluded.scheduled and not coalesce(node_lives(t.node), false)
            and (select w.recorded from wanted w where w.seq = t.function) < t.scheduled
      returning t.function
    )
    select coalesce(array_agg(w.id), '{}') into ours from taken join wanted w on w.seq = taken.function;
  end if;
  select coalesce(array_agg(f.id), '{}') into open
  from functions f left join schedule_ticks t on t.function = f.seq
  where f.id = any(ids) and not f.removed and f.id <> all(ours)
    and (t.function is null or t.scheduled < due or t.scheduled = due and coalesce(f.last_cron_at, 0) < due);
end $$;
