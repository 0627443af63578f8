-- Called for an execution whose end found nothing to end: undoes the transaction if others have ended it meanwhile, as
-- what ran on a server that was gone. One that was removed has no row, and needs no end.
create function refuse_late_end(of_execution text) returns void language plpgsql as $$
begin
  if exists (select from executions where id = of_execution and status <> 0) then
    raise exception 'execution % has ended already', of_execution using errcode = 'ML002';
  end if;
end $$;
