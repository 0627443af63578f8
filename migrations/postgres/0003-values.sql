-- Stored values. `function` 0 is the store that all share; `expires_at` in Unix milliseconds. Who writes an entry holds
-- the advisory lock of its key (kv/key-locks.ts), so that each of these functions is atomic.
create table kv (
  function bigint not null,
  key bytea not null,
  expires_at bigint,
  value bytea not null,
  primary key (function, key)
) with (fillfactor = 90);
create index kv_expiring on kv (expires_at) where expires_at is not null;

-- Deletes the first entries that have expired; returns how many.
create function kv_expire(now_ms bigint, most integer, at_stripe integer) returns integer language plpgsql as $$
declare
  gone record;
  removed integer := 0;
begin
  for gone in
    with due as (
      select function, key from kv where expires_at <= now_ms order by expires_at limit most for update skip locked
    ), deleted as (
      delete from kv using due where kv.function = due.function and kv.key = due.key
      returning kv.function, octet_length(kv.key) + octet_length(kv.value) + 40 as bytes
    )
    select function, count(*) as entries, sum(bytes)::bigint as bytes from deleted group by function order by function
  loop
    perform add_stored(gone.function, at_stripe, 0, -gone.bytes);
    removed := removed + gone.entries;
  end loop;
  return removed;
end $$;

-- `status` 0: done; 1: no such function; 2, 3: no room for the function, or in all, and nothing was changed. `strict`: it
-- is an error when it is not done.
create function kv_put(
  owner bigint, k bytea, v bytea, expires bigint, now_ms bigint, at_stripe integer, most_one bigint, most_all bigint,
  strict boolean,
  out status integer, out growth bigint, out used bigint, out quota bigint
) language plpgsql as $$
declare
  had bigint;
  wanted bigint := octet_length(k) + octet_length(v) + 40;
  own bigint;
  used_all bigint;
begin
  status := 0;
  -- Mostly a value of the same size takes the place of another: then nothing has to be counted.
  update kv set value = v, expires_at = expires
  where function = owner and key = k and octet_length(value) = octet_length(v);
  if found then growth := 0; return; end if;
  if owner is null then
    if strict then raise exception 'no such function'; end if;
    status := 1; return;
  end if;
  select octet_length(key) + octet_length(value) + 40 into had from kv where function = owner and key = k;
  growth := wanted - coalesce(had, 0);
  if growth > 0 then
    own := coalesce((select kv_bytes from functions where seq = owner and owner > 0), most_one);
    for attempt in 1..3 loop
      used := coalesce((select sum(kv) from stored_bytes where function = owner), 0);
      used_all := coalesce((select sum(kv) from stored_bytes where function = -1), 0);
      exit when used + growth <= coalesce(own, 9e18) and used_all + growth <= coalesce(most_all, 9e18)
        and (attempt > 1 or (used + growth + 4194304 <= coalesce(own, 9e18)
          and used_all + growth + 4194304 <= coalesce(most_all, 9e18)));
      if attempt = 1 then
        -- Nearly full: one writer at a time looks and takes.
        perform pg_advisory_xact_lock(77, -1);
      elsif attempt = 2 then
        perform kv_expire(now_ms, 100, at_stripe);
        select octet_length(key) + octet_length(value) + 40 into had from kv where function = owner and key = k;
        growth := wanted - coalesce(had, 0);
      elsif strict then
        raise exception 'no room for a value';
      elsif used + growth > coalesce(own, 9e18) then
        status := 2; quota := own; return;
      else
        status := 3; used := used_all; quota := most_all; return;
      end if;
    end loop;
  end if;
  insert into kv (function, key, expires_at, value) values (owner, k, expires, v)
  on conflict (function, key) do update set value = excluded.value, expires_at = excluded.expires_at;
  perform add_stored(owner, at_stripe, 0, growth);
end $$;

-- An expired entry counts as absent and is left to the expiry.
create function kv_delete(
  owner bigint, k bytea, now_ms bigint, at_stripe integer, out status integer, out growth bigint
) language plpgsql as $$
declare had bigint;
begin
  growth := 0;
  if owner is null then status := 1; return; end if;
  delete from kv where function = owner and key = k and (expires_at is null or expires_at > now_ms)
  returning octet_length(key) + octet_length(value) + 40 into had;
  status := case when had is null then 4 else 0 end;
  growth := -coalesce(had, 0);
  perform add_stored(owner, at_stripe, 0, growth);
end $$;

-- Adds whole numbers; `status` 5: a number is something else (`by` is null then), and the server has to do it.
create function kv_increment(
  owner bigint, k bytea, by bigint, expires bigint, now_ms bigint, at_stripe integer, most_one bigint, most_all bigint,
  out status integer, out growth bigint, out used bigint, out quota bigint, out total bigint
) language plpgsql as $$
declare entry record;
begin
  if owner is null then status := 1; return; end if;
  if by is null then status := 5; return; end if;
  select value, expires_at into entry from kv
  where function = owner and key = k and (expires_at is null or expires_at > now_ms);
  total := by;
  if found then
    if octet_length(entry.value) > 16 or convert_from(entry.value, 'LATIN1') !~ '^-?[0-9]{1,15}$' then
      status := 5; return;
    end if;
    total := convert_from(entry.value, 'LATIN1')::bigint + by;
    expires := coalesce(entry.expires_at, expires);
  end if;
  if abs(total) > 9007199254740991 then status := 5; return; end if;
  select put.status, put.growth, put.used, put.quota into status, growth, used, quota
  from kv_put(owner, k, convert_to(total::text, 'LATIN1'), expires, now_ms, at_stripe, most_one, most_all, false) put;
end $$;

-- `status` 4: it is not as expected. `expected` null means absent, `next` null means delete.
create function kv_swap(
  owner bigint, k bytea, expected bytea, next bytea, expires bigint, now_ms bigint, at_stripe integer,
  most_one bigint, most_all bigint,
  out status integer, out growth bigint, out used bigint, out quota bigint
) language plpgsql as $$
declare entry record;
begin
  growth := 0;
  if owner is null then status := 1; return; end if;
  select value, expires_at into entry from kv
  where function = owner and key = k and (expires_at is null or expires_at > now_ms);
  if found then
    if expected is null or entry.value <> expected then status := 4; return; end if;
    expires := coalesce(entry.expires_at, expires);
  elsif expected is not null then
    status := 4; return;
  end if;
  if next is null then
    select gone.growth into growth from kv_delete(owner, k, now_ms, at_stripe) gone;
    status := 0;
  else
    select put.status, put.growth, put.used, put.quota into status, growth, used, quota
    from kv_put(owner, k, next, expires, now_ms, at_stripe, most_one, most_all, false) put;
  end if;
end $$;
