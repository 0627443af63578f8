-- Of an answer that was streamed: the bytes of its body, and the milliseconds until status and headers left. Null of
-- all others. Behind the large columns, so that the table need not be written anew.
alter table executions add column stream_size integer;
alter table executions add column first_byte_ms integer;
