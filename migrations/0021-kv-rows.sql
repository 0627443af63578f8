-- Stored values in rows of their own, and an index over keys. In the index itself, looking for any key read the whole
-- of each large value that the way led past, of other functions too.
create table kv_rows (
  function integer not null,
  key blob not null,
  expires_at integer,
  value blob not null,
  primary key (function, key)
) strict;

insert into kv_rows select function, key, expires_at, value from kv order by function, key;
drop table kv;
alter table kv_rows rename to kv;

create index kv_expiring on kv (expires_at) where expires_at is not null;
