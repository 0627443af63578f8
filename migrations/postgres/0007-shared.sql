-- What the servers on this database agree on. Times are Unix milliseconds by the clock of the database. Unlogged is what
-- may begin anew after a crash of the database.
create function now_ms() returns bigint language sql volatile as $$
  select (extract(epoch from clock_timestamp()) * 1000)::bigint
$$;

-- Calls that rate limits have let in, or that servers may still let in. `key` is a hash of function, limit and caller.
create unlogged table rate_windows (
  key bytea primary key,
  ends_at bigint not null,
  taken bigint not null
) with (fillfactor = 50);
create index rate_windows_by_end on rate_windows (ends_at);

-- Gives `needed` calls of each key, as far as there are any left of `most` in a window of `spans` milliseconds, and of
-- what is left then at most a 16th, and at most `more`, for calls to come. `rest`: milliseconds until the window ends.
create function take_permits(keys bytea[], most bigint[], spans bigint[], needed bigint[], more bigint[])
returns table (n bigint, granted bigint, free bigint, ends bigint, rest bigint) language plpgsql as $$
declare
  w rate_windows;
  now_at bigint;
begin
  -- In the order of the keys, so that servers never wait for each other in a circle.
  for n in select k.i from unnest(keys) with ordinality as k (key, i) order by k.key loop
    loop
      select * into w from rate_windows r where r.key = keys[n] for update;
      exit when found;
      insert into rate_windows (key, ends_at, taken) values (keys[n], 0, 0) on conflict do nothing;
    end loop;
    now_at := now_ms();
    -- A window that ends too late is of a clock that was set back since.
    if w.ends_at <= now_at or w.ends_at > now_at + spans[n] then
      w.ends_at := now_at + spans[n];
      w.taken := 0;
    end if;
    free := greatest(0, most[n] - w.taken);
    granted := least(free, needed[n]);
    granted := granted + greatest(0, least(more[n], (free - granted) / 16));
    update rate_windows r set ends_at = w.ends_at, taken = w.taken + granted where r.key = keys[n];
    free := free - granted;
    ends := w.ends_at;
    rest := w.ends_at - now_at;
    return next;
  end loop;
end $$;

-- What a server has not used of a window that goes on.
create function return_permits(keys bytea[], ends bigint[], unused bigint[]) returns void language plpgsql as $$
declare i bigint;
begin
  for i in select k.i from unnest(keys) with ordinality as k (key, i) order by k.key loop
    update rate_windows r set taken = greatest(0, r.taken - unused[i]) where r.key = keys[i] and r.ends_at = ends[i];
  end loop;
end $$;

-- Places of functions with `max_concurrency` that each server holds; they are free once its lease has run out.
create unlogged table places (
  function_id text collate "C" not null,
  node integer not null,
  held bigint not null,
  primary key (function_id, node)
) with (fillfactor = 50);

-- `by_node` holds so many places of each function, and gets `needed` more as far as there are any, and of what is left
-- then at most an eighth, and at most `more`, for calls to come.
create function take_places(
  by_node integer, ids text[], most bigint[], holding bigint[], needed bigint[], more bigint[]
) returns table (n bigint, granted bigint, free bigint) language plpgsql as $$
declare others bigint;
begin
  for n in select k.i from unnest(ids) with ordinality as k (id, i) order by hashtext(k.id), k.id loop
    perform pg_advisory_xact_lock(80, hashtext(ids[n]));
    select coalesce(sum(p.held), 0) into others
    from places p join nodes o on o.id = p.node and o.lease_until > now_ms()
    where p.function_id = ids[n] and p.node <> by_node;
    free := greatest(0, most[n] - others - holding[n]);
    granted := least(free, needed[n]);
    granted := granted + greatest(0, least(more[n], (free - granted) / 8));
    if holding[n] + granted = 0 then
      delete from places p where p.function_id = ids[n] and p.node = by_node;
    else
      insert into places (function_id, node, held) values (ids[n], by_node, holding[n] + granted)
      on conflict (function_id, node) do update set held = excluded.held;
    end if;
    free := free - granted;
    return next;
  end loop;
end $$;

-- Signed deliveries: of a hash of function and id, who runs it; nobody once its run has succeeded.
create table deliveries (
  key bytea primary key,
  node integer,
  at bigint not null
) with (fillfactor = 70);
create index deliveries_by_time on deliveries (at);

-- 0: new, `by_node` runs it; 1: it runs; 2: it has succeeded. What a server ran that is gone is new.
create function begin_delivery(of_key bytea, by_node integer, kept_ms bigint) returns integer language plpgsql as $$
declare d deliveries;
begin
  loop
    insert into deliveries (key, node, at) values (of_key, by_node, now_ms()) on conflict do nothing;
    if found then return 0; end if;
    select * into d from deliveries where key = of_key for update;
    exit when found;
  end loop;
  if d.node is null and d.at > now_ms() - kept_ms then return 2; end if;
  -- Itself it knows what it runs, so this is one whose answer it did not get.
  if d.node <> by_node and exists (select 1 from nodes o where o.id = d.node and o.lease_until > now_ms()) then
    return 1;
  end if;
  update deliveries set node = by_node, at = now_ms() where key = of_key;
  return 0;
end $$;

-- Wrong attempts to sign in.
create unlogged table wrong_guesses (
  address text collate "C" primary key,
  failures bigint not null,
  at bigint not null,
  open_at bigint not null
);
create index wrong_guesses_by_time on wrong_guesses (at);

-- How long the address has to wait; 0: the attempt was noted.
create function note_wrong_guess(
  from_address text, free_failures bigint, first_wait bigint, max_wait bigint, forget_after bigint
) returns bigint language plpgsql as $$
declare
  g wrong_guesses;
  now_at bigint;
begin
  loop
    select * into g from wrong_guesses where address = from_address for update;
    exit when found;
    insert into wrong_guesses (address, failures, at, open_at) values (from_address, 0, 0, 0) on conflict do nothing;
  end loop;
  now_at := now_ms();
  if g.at <= now_at - forget_after or g.at > now_at then g.failures := 0; g.open_at := 0; end if;
  if g.open_at > now_at then return g.open_at - now_at; end if;
  g.failures := g.failures + 1;
  update wrong_guesses set failures = g.failures, at = now_at, open_at = now_at + case
    when g.failures < free_failures then 0
    -- Beyond some doublings it is the longest in any case.
    else least(max_wait, first_wait * (2 ^ least(30, g.failures - free_failures))::bigint) end
  where address = from_address;
  return 0;
end $$;

-- Servers where somebody watches executions live: of which functions, as a JSON list; null: of all.
create unlogged table viewers (
  node integer primary key,
  functions text
);

-- What the server that watches for alerts has to know of others, as JSON; it is deleted once that is stored.
create table alert_notices (
  seq bigint generated always as identity primary key,
  at bigint not null,
  notice text not null
);
