-- Calls that each server has refused since its start, by function: a JSON object of counts by reason. Gone with the server.
create unlogged table refusals (
  function_id text collate "C" not null,
  node integer not null,
  counts text not null,
  primary key (function_id, node)
) with (fillfactor = 70);
