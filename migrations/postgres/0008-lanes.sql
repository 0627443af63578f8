-- How far each server's writes have come: every batch and every transaction of its lane moves the number on, in the
-- same transaction. So a server whose connection broke learns whether its last one was committed, and whether some
-- that were committed are lost with the disk of the database.
create table lanes (
  node integer primary key,
  n bigint not null,
  -- Grows with each connection that broke: what was sent before comes too late then.
  fence bigint not null
) with (fillfactor = 20);

create function lane_step(of_node integer, at_fence bigint, expected bigint, next bigint)
returns void language plpgsql as $$
begin
  update lanes set n = next where node = of_node and fence = at_fence and n = expected;
  if not found then
    raise exception 'the lane of node % is not at % any more', of_node, expected using errcode = 'ML001';
  end if;
end $$;

-- Gives the number that the lane is at, once a transaction that is still under way has ended.
create function lane_resume(of_node integer, next_fence bigint) returns bigint language sql as $$
  insert into lanes (node, n, fence) values (of_node, 0, next_fence)
  on conflict (node) do update set fence = excluded.fence
  returning n
$$;
