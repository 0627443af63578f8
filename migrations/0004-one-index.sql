-- One index of executions by function instead of two: that by age was a page more to write for nearly every call
-- of a function among many. Retention takes a range of ids, as time filters do; so by how much ids and times differ
-- must be right for imported executions as well, which did not note it.
update functions set id_skew = max(id_skew, coalesce((
  select max(case
    when length(e.id) <> 20 or e.id glob '*[^0-9a-v]*' then 1 << 40
    else abs(e.created_at - (
      ((instr('0123456789abcdefghijklmnopqrstuv', substr(e.id, 1, 1)) - 1) << 27) +
      ((instr('0123456789abcdefghijklmnopqrstuv', substr(e.id, 2, 1)) - 1) << 22) +
      ((instr('0123456789abcdefghijklmnopqrstuv', substr(e.id, 3, 1)) - 1) << 17) +
      ((instr('0123456789abcdefghijklmnopqrstuv', substr(e.id, 4, 1)) - 1) << 12) +
      ((instr('0123456789abcdefghijklmnopqrstuv', substr(e.id, 5, 1)) - 1) << 7) +
      ((instr('0123456789abcdefghijklmnopqrstuv', substr(e.id, 6, 1)) - 1) << 2) +
      ((instr('0123456789abcdefghijklmnopqrstuv', substr(e.id, 7, 1)) - 1) >> 3)))
  end) from executions e indexed by executions_by_function where e.function = functions.seq), 0));

drop index executions_by_age;
