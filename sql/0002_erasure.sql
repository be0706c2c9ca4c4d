-- Erasure in three states: suppressed at once, evidence kept for a while, keys destroyed.
-- Runs unchanged on PGlite and PostgreSQL >= 15. Never edit this file after a release: add the next number.

-- The epoch whose key wraps secrets now. It stands in the lock's row: whoever appends has read it under the lock, so that a
-- process with older keys cannot wrap a new secret under a key that is being destroyed.
alter table register.head add column epoch int4 not null default 1;
-- First 128 bits of HMAC-SHA-256 of a constant under that epoch’s key: another key of the same number wraps nothing. Null until the first change.
alter table register.head add column epoch_check bytea;

-- What is kept of a reference whose person was erased: HMAC-SHA-256 of its lookup key under the suppression pepper, first 128
-- bits, and since when (yyyymmdd, UTC). One entry is nobody's: by it the pepper is known to be the right one.
create table register.suppression (
  key uuid primary key,
  since_on int4 not null
);

-- Legal holds: nobody's keys are destroyed before this day (yyyymmdd), whatever the rule packs say. Gone with the person.
create table erasable.hold (
  subject int4 primary key,
  until_on int4 not null,
  -- The words, and the salt with which the document of the hold holds their hash: both go with the person.
  because text not null,
  salt bytea not null,
  position int8 not null
);

-- The lookup key of the reference without capitals, signs and leading zeros, so that whoever was erased under it is known again however
-- it is written. Null of contact points, which have a normal form, and of who was enrolled before there was this column.
alter table erasable.ref add column folded uuid;

-- A key or a content hash may lead from a number to a reference, by trying: of whoever is erased they are overwritten, and nothing else
-- of a batch ever is.
create function register.refuse_batch_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.content_hash = '' and new.idempotency_key ~ '^[0-9a-f-]{36}$'
     and to_jsonb(new) - 'content_hash' - 'idempotency_key' = to_jsonb(old) - 'content_hash' - 'idempotency_key' then
    return new;
  end if;
  raise exception 'table register.batch is append-only' using errcode = 'integrity_constraint_violation';
end $$;
drop trigger append_only on register.batch;
create trigger append_only before update or delete on register.batch for each row execute function register.refuse_batch_change();

create trigger append_only before update or delete on register.suppression for each row execute function register.refuse_change();
create trigger append_only_all before truncate on register.suppression for each statement execute function register.refuse_change();

-- The planner's statistics would keep samples of what was deleted.
alter table erasable.ref alter column key set statistics 0;
alter table erasable.secret alter column wrapped set statistics 0;
alter table erasable.ref alter column folded set statistics 0;
alter table erasable.hold alter column because set statistics 0;
alter table register.batch alter column idempotency_key set statistics 0;
alter table register.batch alter column content_hash set statistics 0;
