-- How much each function keeps, so that quotas need no counting. `function` 0 is the store that all share; without a
-- row for it, nothing has been counted yet.
create table stored_bytes (
  function integer primary key,
  history integer not null,
  kv integer not null
) strict;
