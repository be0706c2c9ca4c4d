// Every error a user can meet: one class, a closed table of codes, one remedy each.
// A refusal to share is a value (`verdict.ts`), never a Problem; any other throw is a bug.

type ProblemKind = { status: number; exit: number; title: string; remedy: string }

const input = (title: string, remedy: string): ProblemKind => ({ status: 400, exit: 2, title, remedy })
const absent = (title: string, remedy: string): ProblemKind => ({ status: 404, exit: 3, title, remedy })
const conflict = (title: string, remedy: string): ProblemKind => ({ status: 409, exit: 4, title, remedy })
const environment = (title: string, remedy: string): ProblemKind => ({ status: 500, exit: 5, title, remedy })

/** code → HTTP status, process exit code, title, what to do. Codes are stable and append-only. */
export const problems = {
  'usage.invalid': input('The command was not understood', 'Run the command with --help to see its options.'),
  'time.invalid': input(
    'A date or time cannot be read',
    'Write an instant as 2018-02-01T09:00:00Z and a date as 2018-02-01; years 1900 to 2200.',
  ),
  'value.invalid': input('A value is not allowed here', 'Use one of the values the message names.'),
  'policy.invalid': input(
    'The policy files have errors',
    'Mend the places listed, then run `fairshare policy check` again.',
  ),
  'policy.not_found': absent(
    'No such policy item is published',
    'Check the name, or publish the policy first: `fairshare policy publish <folder>`.',
  ),
  'policy.folder_missing': absent(
    'There is no policy folder at this path',
    'Name the folder that holds controller.yaml.',
  ),
  'request.invalid': input(
    'The request cannot be judged as written',
    'Mend the place the message names; docs/guide/policy-files.md lists every key.',
  ),
  'expression.invalid': input(
    'A select expression cannot be read',
    'Use comparisons, and, or, not, in (...), is unknown over the columns the dataset declares.',
  ),
  'dataset.missing': absent(
    'The dataset file is not there',
    'Check `location` in the dataset file; it is relative to the policy folder.',
  ),
  'dataset.invalid': input(
    'The dataset cannot be read as declared',
    'Compare the file with its dataset declaration: format, columns, key.',
  ),
  'dataset.unclassified': input(
    'A dataset column has no classification',
    'Give every column under `fields` a category and `about`; unclassified data is never shared.',
  ),
  'file.unreadable': input(
    'The file cannot be read',
    'Check that the file is complete, UTF-8, and of the format named.',
  ),
  'file.missing': absent('The file is not there', 'Check the path.'),
  'file.unusable': environment(
    'A file or folder cannot be used',
    'Check the path, who may use it, and what lies there; then run it again.',
  ),
  'mapping.invalid': input(
    'The import mapping does not fit the file',
    'Compare the column names in the mapping with the header of the file.',
  ),
  'person.not_found': absent(
    'No enrolled person has this reference',
    'Check the reference and its kind; people are enrolled by import, by check, or by a verb with --enrol.',
  ),
  'idempotency.conflict': conflict(
    'This idempotency key was used for something else',
    'Use a fresh key for a new statement; repeat a key only with the same content.',
  ),
  'enrolment.conflict': conflict(
    'Someone else enrolled one of these people meanwhile',
    'Run it again: people already enrolled are found and kept.',
  ),
  'register.missing': absent(
    'There is no register in this data folder',
    'Check --home or FAIRSHARE_HOME; `policy publish` and `import` make a register where there is none.',
  ),
  'register.locked': conflict(
    'Another process has this register open',
    'Stop the process named, or use PostgreSQL (DATABASE_URL) to share one register.',
  ),
  'register.newer': conflict(
    'The register was written by a newer version',
    'Upgrade Fairshare; an older program never writes to a newer register.',
  ),
  'register.unavailable': environment(
    'The register database cannot be reached',
    'Check DATABASE_URL, or that the folder is writable and its disk not full; then repeat. What was being recorded may be on record.',
  ),
  'register.busy': conflict(
    'Somebody else holds the register for too long',
    'Run it again. If it stays so, see which process hangs: docs/guide/postgresql.md, “When it hangs”.',
  ),
  'register.forbidden': conflict(
    'This database login may not do that',
    'Have the owner run `grant fairshare_writer to <login>`; to migrate, `grant fairshare_owner to <login>`: docs/guide/postgresql.md.',
  ),
  'register.unmigrated': conflict(
    'The register’s tables are older than this program',
    'Run `fairshare register migrate` with the DATABASE_URL of its owner, then repeat.',
  ),
  'register.migration_changed': environment(
    'The register’s tables were made by other files than this program has',
    'Use the release of Fairshare that made them, or a newer one; a migration is never edited.',
  ),
  'register.corrupt': environment(
    'The register does not hold together',
    'Stop writing to it, keep a copy of the folder, and restore the last good backup.',
  ),
  'keys.unusable': environment(
    'A key file is missing or cannot be used',
    'Restore the keys folder from its backup; without the keys no person can be found again. Of a lost signing key: `fairshare keys rotate --lost`.',
  ),
  'keys.exposed': environment(
    'Others on this machine can read a key',
    'Find out who has read it. If none has, run the chmod named; else change the key: docs/guide/keys.md.',
  ),
  'approver.key_unusable': environment(
    'The key file of the approver cannot be used',
    'Name the key file `approver add` made for you; if it is lost, have a new one put on record with `approver add`.',
  ),
  'recipient.keys_unusable': environment(
    'The folder of your keys cannot be used',
    'Name the folder `fairshare key new` made.',
  ),
  'log.state_unusable': environment(
    'What the log has signed last cannot be read',
    'Name or restore the file that the register itself wrote last. If it is damaged, delete it and run `fairshare log fsck` against a copy somebody else keeps.',
  ),
  'projection.behind': environment(
    'The projection cannot catch up with the register',
    'Delete projection.duckdb in the data folder; it is rebuilt from the register.',
  ),
  'engine.memory': environment(
    'The set engine ran out of memory',
    'Give it more, e.g. FAIRSHARE_MEMORY=1GB, and make sure the data folder has room to spill.',
  ),
  'disk.full': environment(
    'The disk is full',
    'Make room in the data folder and run the same command again; nothing half-written was kept.',
  ),
  'disk.failed': environment(
    'The disk could not be read or written',
    'Check the disk, and that the data folder may be written to; then run the same command again: nothing half-written was kept.',
  ),
  'clock.back': environment(
    'The clock stands before what is recorded already',
    'Set the clock of this machine right; a release needs to know what time it is.',
  ),
  'register.older': conflict(
    'The register was written by a version before the first release',
    'Make a new one: name another folder with --home, publish the policy and import again.',
  ),
  'request.not_found': absent(
    'There is no answer on record for this request',
    'Put the question first: `fairshare check <request file>`; the id is the name of that file.',
  ),
  'decision.stale': conflict(
    'The decision no longer stands',
    'Check the request again and have the new answer approved.',
  ),
  'decision.changed': conflict(
    'What was decided on is no longer what is there',
    'Restore the file that was checked, or check and approve again.',
  ),
  'release.refused': conflict(
    'Nothing may leave for this request',
    'Read the answer of `fairshare check`; it says what would have to change.',
  ),
  'format.unfit': conflict(
    'The records do not fit the format',
    'Release them as CSV or Parquet: `fairshare release … --format csv`. What was begun is given up with --abandon.',
  ),
  'release.early': conflict('It is too early for this release', 'Wait until the time the request names.'),
  'release.contended': conflict(
    'People kept changing while the release was being made',
    'Run the release again; what was decided stays.',
  ),
  'release.not_found': absent('There is no such release', 'See `fairshare status` for those there are.'),
  'claim.not_provable': absent(
    'This cannot be proved',
    'See `fairshare prove --person … --list` for what can be.',
  ),
  'approval.missing': conflict(
    'This answer is not approved',
    'Have someone other than the requester run `fairshare approve <request>`.',
  ),
  'approval.expired': conflict('The approval has run out', 'Have it approved again.'),
  'approval.invalid': conflict(
    'The approval does not hold',
    'It must be signed by a known approver, for this very decision, by someone other than the requester.',
  ),
  'question.not_found': absent(
    'This request has no such question',
    'See `fairshare review list <request>` for those it has.',
  ),
  'question.closed': conflict(
    'This question cannot be answered',
    'See `fairshare review list <request>`: it says what is open, what was answered, and what nobody may answer.',
  ),
  'determination.not_found': absent(
    'No such determination is on record',
    'See `fairshare review list <request>`. One that stands in a policy file is revoked there, with revokedOn.',
  ),
  'determination.invalid': conflict(
    'The determination cannot be signed',
    'It is signed by an approver on record, with the key of that person, who is neither who asked nor who put the question.',
  ),
  'approver.not_found': absent(
    'No approver of this name is known',
    'See `fairshare approver list`. Add one: `fairshare approver add --name "…" --key <file>`.',
  ),
  'recipient.key_missing': conflict(
    'The recipient has no verified key',
    'Ask the recipient for a card (`fairshare key new`), then `fairshare recipient add` and `recipient verify`.',
  ),
  'recipient.key_invalid': input(
    'A recipient key or card cannot be used',
    'Ask the recipient for its card again; the key in it starts with age1.',
  ),
  'recipient.challenge_failed': conflict(
    'The answer does not prove that the recipient holds the key',
    'Send the challenge file again and use the answer made from it.',
  ),
  'recipient.overdue': conflict(
    'The recipient has removals it was due to apply',
    'Ask for the receipt of the removal first; `fairshare status` lists what is open.',
  ),
  'outbox.elsewhere': conflict(
    'This was sealed in another data folder',
    'Run `fairshare release` with the data folder (and on the machine) it was sealed in; only there lie the files.',
  ),
  'outbox.conflict': conflict(
    'Another folder lies where the delivery goes',
    'Move it away: it is not the one on record. Then run the release again.',
  ),
  'challenge.invalid': conflict(
    'This is no challenge for you',
    'Ask the sender for the challenge file again: the one that `fairshare recipient add` made for your card.',
  ),
  'delivery.tampered': conflict(
    'The delivery is not as it was made',
    'Do not use it. Tell the sender which file failed, and ask for it again.',
  ),
  'delivery.not_for_you': conflict(
    'The delivery was sealed for another key',
    'Open it with the key whose card you gave the sender.',
  ),
  'delivery.opened': conflict(
    'This delivery was opened into this folder before',
    'Use the copy that is there: a second one would bring back lines that were removed. Or name another folder with --out.',
  ),
  'register.untrusted': conflict(
    'The delivery comes from a register you do not trust yet',
    'Ask the sender for its verifier key by another way; if it is the one shown, run again with it: `open --trust <key>`, `verify --key <key>`.',
  ),
  'receipt.invalid': conflict(
    'The receipt does not hold',
    'Use the receipt exactly as it was made, and the release it was made for.',
  ),
  'certificate.invalid': conflict(
    'The certificate of destruction does not hold',
    'Use it exactly as it was signed, for the release or copy it names; have what is missing certified again.',
  ),
  'copy.not_found': absent('No such copy was reported', 'See `fairshare copy list` for those there are.'),
  'work_order.open': conflict(
    'The work order cannot be closed: something of it is still held',
    'Have the releases and copies listed destroyed and certified, or give up what never left; then close it.',
  ),
  'log.forked': environment(
    'The register went back behind what its log has signed',
    'Restore the newest copy of the register; never sign two histories.',
  ),
  'erasure.held': conflict(
    'The evidence is held for longer already',
    'Of several holds the furthest counts. Only if that claim is over, say so with --shorten.',
  ),
  'erasure.not_due': conflict(
    'These keys may not be destroyed yet',
    'Wait for the day named: until then the person is suppressed and the evidence is kept. See `fairshare erasures`.',
  ),
  'erasure.recipients_not_told': conflict(
    'A recipient still has the record and was not told to remove it',
    'Run `fairshare follow-up`, send the removals it makes, then run this again: afterwards nobody can find the lines.',
  ),
  'erasure.release_unfinished': conflict(
    'A release is under way',
    'Finish it or let it be given up with `fairshare release <request>`; then run this again.',
  ),
  'erasure.not_found': absent(
    'There is no such erasure on record',
    'See `fairshare erasures`: it lists who asked, and which epochs’ keys were destroyed.',
  ),
  'recipient.not_found': absent(
    'No card of this recipient is on record',
    'See `fairshare recipient list` for those there are.',
  ),
  'out.exists': conflict(
    'Nothing is written over what is there',
    'Name another path with --out, or move what is there away.',
  ),
  'backup.invalid': conflict(
    'The backup is not as it was made',
    'Use another copy of it. Nothing was restored.',
  ),
  'backup.database': conflict(
    'This register lies in PostgreSQL',
    'Copy and restore the database with PostgreSQL’s own tools: docs/guide/backup.md says in which order.',
  ),
  'restore.occupied': conflict(
    'There is something in this data folder already',
    'Name a new folder with --home. Only `keys` may lie in it, from their own backup.',
  ),
  'runtime.too_old': environment(
    'This Node.js is too old',
    'Run `npm ci` in the checkout (it brings its own Node) or use Node 22.18 or newer.',
  ),
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problems

/** A place in a file: line and column count from 1. */
export type Place = { file: string; line?: number; column?: number }

/** One thing wrong in one place, as `policy check` lists them. */
export type Finding = { place: Place; message: string; remedy: string }

/** An error with a code and a remedy. `detail` is shown to the user: it never holds a personal value. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly detail: string
  readonly findings: readonly Finding[]

  constructor(
    code: ProblemCode,
    detail: string,
    options?: { cause?: unknown; findings?: readonly Finding[] },
  ) {
    super(
      `${problems[code].title}: ${detail}`,
      options?.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'Problem'
    this.code = code
    this.detail = detail
    this.findings = options?.findings ?? []
  }
}

export function isProblem(error: unknown): error is Problem {
  return error instanceof Error && error.name === 'Problem' && 'code' in error
}
