-- A value may have a zero byte, which is in no text: it is compared in a form that has digits as they are.
create or replace function kv_increment(
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
    if octet_length(entry.value) > 16 or encode(entry.value, 'escape') !~ '^-?[0-9]{1,15}$' then
      status := 5; return;
    end if;
    total := encode(entry.value, 'escape')::bigint + by;
    expires := coalesce(entry.expires_at, expires);
  end if;
  if abs(total) > 9007199254740991 then status := 5; return; end if;
  select put.status, put.growth, put.used, put.quota into status, growth, used, quota
  from kv_put(owner, k, convert_to(total::text, 'LATIN1'), expires, now_ms, at_stripe, most_one, most_all, false) put;
end $$;
