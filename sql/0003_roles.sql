-- Who may do what: an owner who migrates, a writer under which the application works, and a reader and an auditor who look.
-- Runs unchanged on PGlite and PostgreSQL >= 15. Never edit this file after a release: add the next number.
--
-- Roles belong to the whole cluster, not to a database: another register may have made them, or be making them now. They cannot log
-- in; logins are made members of them (docs/guide/postgresql.md). A new table has no privileges until its migration grants them, and
-- test/register/roles.test.ts fails until somebody has said which.

do $$
declare name text;
begin
  foreach name in array array['fairshare_owner', 'fairshare_writer', 'fairshare_reader', 'fairshare_auditor'] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = name) then
        execute format('create role %I nologin', name);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
  -- Whoever migrates hands everything to the owner below, and so has to be able to become the owner. A superuser is; whoever
  -- just made the roles may let itself; of anyone else an administrator has to say so.
  if not pg_has_role(current_user, 'fairshare_owner', case when current_setting('server_version_num')::int4 < 160000 then 'member' else 'set' end) then
    execute format('grant fairshare_owner, fairshare_writer to %I', current_user);
  end if;
end $$;

-- Which files made this schema: another program with other files under the same numbers is told apart. Null of those applied before.
alter table register.migration add column sha256 text;

-- The lock's row says how new the schema is: a process that was running while somebody migrated stops before its next append.
alter table register.head add column schema_number int4 not null default 3;

-- What the writer may not do itself: it has no UPDATE on an append-only table. Of whoever is being erased, the key and the content
-- hash of batches are overwritten (0002), and only in the transaction that erases: the secret is gone, and the event that says so
-- stands after the head, which moves on last.
create function register.forget_content(subjects int4[]) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Kind 6, qualifier 2: `erasure: done` (src/model/event.ts).
  if exists (select from erasable.secret where subject = any(subjects))
     or exists (select from unnest(subjects) as given (subject)
                 where not exists (select from register.event e
                                    where e.subject = given.subject and e.kind = 6 and e.qualifier = 2
                                      and e.position > (select position from register.head))) then
    raise exception 'nobody is forgotten who is not being erased' using errcode = 'integrity_constraint_violation';
  end if;
  update register.batch set content_hash = '', idempotency_key = gen_random_uuid()::text
   where kind <> 'import' and position in (
     select position from erasable.ref where subject = any(subjects)
     union select position from register.event where subject = any(subjects));
end $$;

-- Deleted rows stay in a table's file until it is written anew. VACUUM (FULL) is its owner's alone and stands in no function;
-- CLUSTER does the same to the files, and does.
create function register.rewrite_table(name text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  case name
    when 'erasable.secret' then cluster erasable.secret using secret_pkey;
    when 'erasable.ref' then cluster erasable.ref using ref_pkey;
    when 'erasable.hold' then cluster erasable.hold using hold_pkey;
    when 'register.batch' then cluster register.batch using batch_pkey;
  end case;
end $$;

-- A function that a trigger calls resolves names as its caller likes, unless it says itself.
alter function register.refuse_change() set search_path = pg_catalog, pg_temp;
alter function register.refuse_batch_change() set search_path = pg_catalog, pg_temp;

revoke all on all functions in schema register from public;
grant execute on function register.forget_content(int4[]), register.rewrite_table(text) to fairshare_writer;

-- The writer: everything is read, what is append-only is only added to, and of the rest what the verbs do.
grant usage on schema register, erasable to fairshare_writer;
grant select on all tables in schema register, erasable to fairshare_writer;
grant insert on
  register.identity, register.batch, register.term, register.policy_version, register.subject, register.event, register.record,
  register.release_member, register.release_removal, register.suppression, register.head
  to fairshare_writer;
grant update on register.head to fairshare_writer;
-- Emptied and filled again when secrets are wrapped anew.
grant insert, delete, truncate on erasable.secret to fairshare_writer;
-- Of a reference nothing but its folded key comes later.
grant insert, delete, update (folded) on erasable.ref to fairshare_writer;
grant insert, update, delete on erasable.hold to fairshare_writer;

-- The reader, for reports: everything but what leads to a person. Callers choose a batch's key and may write a reference into it.
grant usage on schema register to fairshare_reader;
grant select on all tables in schema register to fairshare_reader;
revoke select on register.batch from fairshare_reader;
grant select (position, kind, actor, first_subject, subject_count, event_count, recorded_at, entry) on register.batch to fairshare_reader;

-- The auditor: what the log, its entries and its documents are checked with. No keys of callers and no content hashes, by which a
-- guessed reference could be tried; of events no times and no meanings, only that they are there and what they are committed to.
grant usage on schema register to fairshare_auditor;
grant select on register.identity, register.head, register.migration, register.term, register.policy_version, register.record,
  register.subject, register.release_member, register.release_removal to fairshare_auditor;
grant select (position, kind, actor, first_subject, subject_count, event_count, recorded_at, entry) on register.batch to fairshare_auditor;
grant select (position, ord, kind, subject, commitment) on register.event to fairshare_auditor;

-- Everything is the owner's, whoever migrated. Schemas first: an owner of tables needs to be let into the schema.
do $$
declare thing record;
begin
  alter schema register owner to fairshare_owner;
  alter schema erasable owner to fairshare_owner;
  for thing in
    select format('alter table %s owner to fairshare_owner', oid::regclass) as words from pg_catalog.pg_class
     where relkind = 'r' and relnamespace in ('register'::regnamespace, 'erasable'::regnamespace)
    union all
    select format('alter function %s owner to fairshare_owner', oid::regprocedure) from pg_catalog.pg_proc
     where pronamespace = 'register'::regnamespace
  loop
    execute thing.words;
  end loop;
end $$;
