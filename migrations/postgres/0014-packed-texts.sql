-- Large events and answers in fewer bytes: frames of Zstandard of the UTF-8 texts. A text that would not shrink much is
-- in `large_events` or `large_responses`, as all were before.
create table packed_events (
  execution text collate "C" primary key,
  zstd bytea not null
);

create table packed_responses (
  execution text collate "C" primary key,
  zstd bytea not null
);

-- They would not shrink any more.
alter table packed_events alter column zstd set storage external;
alter table packed_responses alter column zstd set storage external;
