-- How each server is, by its own account; null until it has said so.
alter table nodes
  -- JSON: NodeFigures of core/contracts/shared-work.ts.
  add column figures text,
  -- When it said so, in Unix milliseconds by the clock of the database, and by how many its own clock was ahead of that.
  add column seen_at bigint,
  add column skew_ms bigint,
  -- The number of the newest change that it knows of.
  add column change_seen bigint;
