-- Large events and answers in fewer bytes: frames of Zstandard of the UTF-8 texts. A text that would not shrink much is
-- in `large_events` or `large_responses`, as all were before.
create table packed_events (
  execution integer primary key,
  zstd blob not null
) strict;

create table packed_responses (
  execution integer primary key,
  zstd blob not null
) strict;
