/**
 * Ends what is pending of this server, which has only begun, and of servers that are gone: their lease has run out.
 * $1 stripe, $2 message, $3 fault, $4 its kind, $5 bytes that these take, $6 this server, $7 whether its own count too.
 */
export const endSqlOfUnfinished = `
with dead as (
  select e.id from executions e
  where e.status = 0 and (($7::boolean and e.node is not distinct from $6::int) or not exists (
    select 1 from nodes n where n.id = e.node and n.lease_until > now_ms()))
), done as (
  update executions e set status = 2, error_message = $2, fault_json = $3, fault_kind = $4, bytes = e.bytes + $5::int8
  from dead where e.id = dead.id and e.status = 0
  returning e.function, e.version, e.trigger, e.bytes
), moved as (
  select done.function, done.version, done.trigger, step.status, step.by
  from done cross join (values (0::smallint, -1), (2::smallint, 1)) as step (status, by)
), counted as (
  insert into execution_counts (function, version, trigger, status, stripe, total)
  select function, version, trigger, status, $1::int, sum(by) from moved group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (function, version, trigger, status, stripe) do update
    set total = execution_counts.total + excluded.total
), stored as (
  select add_stored(function, $1::int, (count(*) * $5::int8)::int8, 0) from done group by function
)
select (select count(*) from done) as count, (select count(*) from stored) as functions`
