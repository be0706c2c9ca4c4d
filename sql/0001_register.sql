-- The register: what people were told and answered, append-only; and beside it, in a schema of its own, what may be erased.
-- Runs unchanged on PGlite and PostgreSQL >= 15. Instants are int8 microseconds since 1970 UTC; numbers are never reused.
-- Never edit this file after a release: add 0002.

create schema register;
create schema erasable;

create function register.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table %.% is append-only', tg_table_schema, tg_table_name using errcode = 'integrity_constraint_violation';
end $$;

create table register.migration (
  number int4 primary key,
  name text not null,
  applied_at int8 not null
);

-- One register = one controller = one database = one log origin.
create table register.identity (
  one boolean primary key default true check (one),
  register_id uuid not null,
  format int4 not null,
  created_at int8 not null,
  -- A keyed hash of a constant under the lookup pepper: another register's keys are refused when it is opened.
  pepper_check bytea not null,
  -- First line of every checkpoint, and the name of the key that signs it.
  log_origin text not null
);

-- THE lock. Whoever appends locks this row first; positions are dense because it is given out under the lock.
create table register.head (
  one boolean primary key default true check (one),
  position int8 not null,
  subject_count int4 not null,
  term_count int4 not null,
  policy_count int4 not null,
  recorded_at int8 not null,
  -- Roots of the perfect subtrees of the log so far, largest first (32 bytes each): with them the root at this position.
  edge bytea not null
);

create table register.batch (
  position int8 primary key,
  kind text not null,
  actor text not null,
  idempotency_key text not null constraint batch_idempotency_key_unique unique,
  content_hash text not null,
  -- The people this batch enrolled are numbered first_subject, first_subject + 1, …
  first_subject int4,
  subject_count int4 not null,
  event_count int4 not null,
  recorded_at int8 not null,
  -- The leaf of the public log, at index position - 1: counts, roots and a blinded hash, nothing of anyone (src/log/log-entry.ts).
  entry bytea not null
);

create table register.term (
  number int4 primary key,
  kind text not null,
  name text not null,
  position int8 not null,
  constraint term_name_unique unique (kind, name)
);

-- body is canonical JSON; NULL = the item was retired. version counts 1, 2, … except for notices, which name their own.
create table register.policy_version (
  number int4 primary key,
  kind text not null,
  name text not null,
  version text not null,
  sha256 text not null,
  body text,
  position int8 not null,
  constraint policy_version_unique unique (kind, name, version)
);

create table register.subject (
  number int4 primary key,
  commitment bytea not null,
  position int8 not null
);

create table register.event (
  position int8 not null,
  ord int4 not null,
  kind int2 not null,
  subject int4 not null,
  earliest int8 not null,
  latest int8 not null,
  grade int2 not null,
  source int4 not null,
  jurisdiction int2 not null,
  route int4,
  notice int4,
  purpose int4,
  recipient int4,
  channel int4,
  basis int4,
  qualifier int4,
  stated_text text,
  corrects_position int8,
  corrects_ord int4,
  commitment bytea not null,
  constraint event_key primary key (position, ord),
  constraint event_interval check (earliest <= latest)
);
create index event_subject on register.event (subject);

-- What was asked, decided, approved, released, delivered, opened, removed: one document per batch, as canonical JSON.
-- The log holds a hash of it under the salt; who may see the document gets the salt with it.
create table register.record (
  position int8 primary key,
  kind text not null,
  about text not null,
  body text not null,
  salt bytea not null
);
create index record_about on register.record (kind, about, position);

-- Who is in a release (the position that committed it): bit n of chunk c is subject 65,536 c + n.
create table register.release_member (
  chunk int4 not null,
  release int8 not null,
  bits bytea not null,
  constraint release_member_key primary key (chunk, release)
);
-- Not compressed, so that one bit is read without its 65,535 neighbours.
alter table register.release_member alter column bits set storage external;

-- Members who may no longer be: `amended` before a byte left, `recalled` afterwards. verdict: outcome, fields, masks.
create table register.release_removal (
  release int8 not null,
  subject int4 not null,
  position int8 not null,
  stage text not null constraint release_removal_stage check (stage in ('amended', 'recalled')),
  verdict text not null,
  constraint release_removal_key primary key (release, subject)
);
create index release_removal_position on register.release_removal (release, position);

-- Deletable: destroying a person's secret unlinks every commitment about that person. Wrapped under the epoch's key.
create table erasable.secret (
  subject int4 primary key,
  epoch int4 not null,
  wrapped bytea not null
);

-- Keyed hash of a reference such as a member number (first 128 bits of HMAC-SHA-256 under the lookup pepper).
create table erasable.ref (
  key uuid primary key,
  key_id int4 not null,
  subject int4 not null,
  position int8 not null,
  -- The reference is a contact point: an e-mail address, a phone number, a name with an address (src/intake/normalise-contact.ts).
  contact boolean not null default false
);
create index ref_position on erasable.ref (position);
create index ref_contact on erasable.ref (position) where contact;
create index ref_contact_subject on erasable.ref (subject) where contact;

do $$
declare t text;
begin
  foreach t in array array['identity', 'batch', 'term', 'policy_version', 'subject', 'event', 'record', 'release_member', 'release_removal', 'migration'] loop
    execute format('create trigger append_only before update or delete on register.%I for each row execute function register.refuse_change()', t);
    execute format('create trigger append_only_all before truncate on register.%I for each statement execute function register.refuse_change()', t);
  end loop;
end $$;
