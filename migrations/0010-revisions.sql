-- What a function's variables were before each change: all of them in one encrypted text. Bounded in number and age.
create table env_history (
  seq integer primary key autoincrement,
  function integer not null,
  -- When they were replaced, in Unix seconds.
  replaced_at integer not null,
  -- 'user' (the management API) or 'function' (the function itself).
  replaced_by text not null,
  sealed blob not null
) strict;

create index env_history_by_function on env_history (function, seq);
create index env_history_by_age on env_history (replaced_at);

-- How often a function, its versions or its variables were changed: so a state that comes back has another name.
alter table functions add column changes integer not null default 0;
