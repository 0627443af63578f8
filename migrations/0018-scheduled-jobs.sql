-- Of a function's jobs by its schedule, those that have not finished: it has one at most.
create index jobs_by_schedule on jobs (function) where trigger = 'cron' and status < 3;
