-- Variables that all functions share have function 0, as values in the store that all share: no reference any more.
create table env_of_all (
  function integer not null,
  name text not null,
  -- A blob when it is encrypted, text when it is not.
  value any not null,
  primary key (function, name)
) strict, without rowid;

insert into env_of_all select function, name, value from env;
drop table env;
alter table env_of_all rename to env;

-- How often the shared variables were changed: so a state that comes back has another name.
create table shared_env_changes (
  id integer primary key check (id = 1),
  changes integer not null
) strict;
insert into shared_env_changes values (1, 0);
