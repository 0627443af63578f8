-- Who made a version, why, and from which commit of a repository; null: not known.
alter table versions add column created_by text;
alter table versions add column message text;
alter table versions add column "commit" text;
