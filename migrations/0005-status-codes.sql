-- What the function answered with; null where it gave no answer or none is known. Behind the large columns, so that
-- the table need not be written anew; where answers were kept, they tell. Long ones are left alone: taking
-- the number out of them would write them anew.
alter table executions add column status_code integer;

update executions set status_code = cast(substr(response_json, 15, 3) as integer)
where response_json glob '{"statusCode":[1-9][0-9][0-9],*' and length(response_json) < 65536;
