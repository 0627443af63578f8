/**
 * The statements of the hot path. Each takes one array for each column. Executions of a function or version that was
 * removed meanwhile leave no row, and what has no row is counted nowhere.
 *
 * Their plans are kept. Other rows are looked up by subqueries, one by one: a join would be planned for the table as it
 * is then, and read all of it when it has grown.
 */
const hasRow = '(select true from executions e where e.id = d.execution)'

const counted = (from: string, status: string, by: string): string => `
  counted as (
    insert into execution_counts (function, version, trigger, status, stripe, total)
    select function, version, trigger, ${status}, $1::int, ${by} from ${from}
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (function, version, trigger, status, stripe) do update
      set total = execution_counts.total + excluded.total)`

/** The minute that a scheduled run is for, as its event says: the time of the execution is by its server's clock. */
const minuteOf = `substring(event_json from '"X-Cron-Scheduled-Time":"?(\\d+)')::int8`

const inserted = (withCron: boolean, ifAbsent: boolean): string => `
with d as (
  select * from unnest($3::text[], $4::text[], $5::int8[], $6::int8[], $7::text[], $8::int8[], $9::int8[], $10::text[],
    $11::text[], $12::text[], $13::text[], $14::text[], $15::int8[], $16::text[], $17::int8[], $18::int8[], $19::int8[],
    $20::int8[], $21::int8[])
    as d (id, function_id, version, status, trigger, created_at, duration_ms, error_message, fault_json, fault_kind,
      event_json, response_json, status_code, job_id, attempt, stream_size, first_byte_ms, bytes, left_out)
), new as (
  insert into executions (id, function, version, status, node, trigger, created_at, duration_ms, error_message,
    fault_json, fault_kind, event_json, response_json, status_code, job_id, attempt, stream_size, first_byte_ms, bytes,
    http_left_out)
  select d.id, f.seq, d.version, d.status, $2::int, d.trigger, d.created_at, d.duration_ms, d.error_message,
    d.fault_json, d.fault_kind, d.event_json, d.response_json, d.status_code, d.job_id, d.attempt, d.stream_size,
    d.first_byte_ms, d.bytes, d.left_out
  from d join functions f on f.id = d.function_id
  where d.version > f.last_version
    or (select true from versions v where v.function = f.seq and v.version = d.version)
  ${ifAbsent ? 'on conflict (id) do nothing' : ''}
  returning function, version, trigger, status, bytes, created_at${withCron ? `, ${minuteOf} as minute` : ''}
), ${
  withCron
    ? `ran as (
  update functions set last_cron_at = greatest(coalesce(last_cron_at, 0), c.at)
  from (
    select function, max(coalesce(minute, created_at)) as at from new where trigger = 'cron' group by function
  ) c
  where functions.seq = c.function), `
    : ''
}${counted('new', 'status', 'count(*)')}
select add_stored(function, $1::int, sum(bytes)::int8, 0) from new group by function`

const insertTexts = { plain: inserted(false, false), cron: inserted(true, false) }
/** Rows that the database may have lost. */
export const restoreSql = inserted(false, true)
export const insertSql = (withCron: boolean): string =>
  withCron ? insertTexts.cron : insertTexts.plain

/** Ends pending rows; fails, with EXECUTION_ENDED, where others have ended one of them. */
export const endSql = `
with d as (
  select * from unnest($2::text[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int8[],
    $10::int8[], $11::int8[], $12::int8[], $13::int8[])
    as d (id, status, duration_ms, error_message, fault_json, fault_kind, response_json, status_code, stream_size,
      first_byte_ms, bytes, left_out)
), done as (
  update executions e set status = d.status, duration_ms = d.duration_ms, error_message = d.error_message,
    fault_json = d.fault_json, fault_kind = d.fault_kind, response_json = d.response_json, status_code = d.status_code,
    stream_size = d.stream_size, first_byte_ms = d.first_byte_ms, bytes = e.bytes + d.bytes,
    http_left_out = coalesce(d.left_out, e.http_left_out)
  from d where e.id = d.id and e.status = 0
  returning e.id, e.function, e.version, e.trigger, e.status, d.bytes
), moved as (
  select done.function, done.version, done.trigger, step.status, step.by
  from done cross join lateral (values (0::smallint, -1), (done.status, 1)) as step (status, by)
  where not exists (select 1 from purges p where p.function = done.function and p.version in (0, done.version))
), ${counted('moved', 'status', 'sum(by)')}
select add_stored(function, $1::int, sum(bytes)::int8, 0) from done group by function
union all select refuse_late_end(d.id) from d
where (select count(*) from done) < (select count(*) from d) and not exists (select from done where done.id = d.id)`

/** Something was added to rows that are there. */
export const growSql = `
with d as (select * from unnest($2::text[], $3::int8[]) as d (id, bytes)),
grown as (
  update executions e set bytes = e.bytes + d.bytes from d where e.id = d.id returning e.function, d.bytes
)
select add_stored(function, $1::int, sum(bytes)::int8, 0) from grown group by function`

export const logSql = `
insert into logs (execution, n, level, created_at, message)
select d.execution, d.n, d.level, d.created_at, d.message
from unnest($1::text[], $2::int8[], $3::int8[], $4::int8[], $5::text[]) as d (execution, n, level, created_at, message)
where ${hasRow}`

const insertLarge = (table: string, column: string, type: string): string => `
insert into ${table} (execution, ${column})
select d.execution, d.text from unnest($1::text[], $2::${type}[]) as d (execution, text) where ${hasRow}`

export const largeSql = {
  event: insertLarge('large_events', 'event_json', 'text'),
  response: insertLarge('large_responses', 'response_json', 'text')
}
export const packedSql = {
  event: insertLarge('packed_events', 'zstd', 'bytea'),
  response: insertLarge('packed_responses', 'zstd', 'bytea')
}
