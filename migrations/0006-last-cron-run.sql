-- When a function was last run by its schedule (Unix seconds). Retention may delete the execution that proves it.
alter table functions add column last_cron_at integer;

update functions set last_cron_at = (
  select max(e.created_at) from executions e indexed by executions_by_function
  where e.function = functions.seq and e.trigger = 'cron')
where seq in (select function from execution_counts where trigger = 'cron');
