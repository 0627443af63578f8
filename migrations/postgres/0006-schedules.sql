-- The newest minute of each schedule that a server has taken: of several servers one takes it.
create table schedule_ticks (
  function bigint primary key references functions (seq) on delete cascade,
  scheduled bigint not null
);
