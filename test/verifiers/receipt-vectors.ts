// Vectors of docs/spec/person-receipt.md: three receipts, and changes of them that have to be refused, each under a new signature.
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { signNote } from '../../src/log/signed-note.ts'
import { encodeProof } from '../../src/log/tlog-proof.ts'
import type { PersonReceipt } from '../../src/model/person-receipt.ts'
import {
  batches,
  bytesOf,
  checkpointAt,
  commitmentOf,
  entries,
  hex,
  leafHashes,
  leak,
  pathOf,
  proofOf,
  receiptOf,
  releaseOf,
  rootOf,
  signer,
  signReceipt,
  verifierKey,
} from './vector-world.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
/** Where: names and indexes. What: the new value; left out, the member goes. */
type Change = { at: (string | number)[]; to?: Json }
type Case = { holds: boolean; why: string; of: number; place: string; changes: Change[] }

/** `receipts` by subject; each case is one of them with `changes` made and `signature` put in, as canonical JSON. */
export function receiptVectors() {
  return {
    specification: 'docs/spec/person-receipt.md',
    key: verifierKey,
    receipts: Object.fromEntries([1, 2, 3].map((subject) => [subject, receiptOf(subject)])),
    cases: cases().map((one) => ({ ...one, signature: one.signature ?? signedAnew(one.of, one.changes) })),
  }
}

function signedAnew(of: number, changes: readonly Change[]): string {
  const { signature: _, ...rest } = changed(receiptOf(of), changes)
  return signReceipt(rest).signature
}

/** The receipt of a case. */
export function changed(receipt: PersonReceipt, changes: readonly Change[]): PersonReceipt {
  const copy = structuredClone(receipt)
  for (const { at, to } of changes) {
    const path = [...at]
    const last = path.pop()!
    const holder = path.reduce<Record<string, unknown>>(
      (value, name) => value[name] as Record<string, unknown>,
      copy as unknown as Record<string, unknown>,
    )
    if (to === undefined) delete holder[last]
    else holder[last] = to
  }
  return copy
}

function cases(): (Case & { signature?: string })[] {
  const refused = (of: number, place: string, why: string, at: (string | number)[], to?: Json): Case => ({
    ...{ holds: false, why, of, place },
    changes: [{ at, ...(to !== undefined && { to }) }],
  })
  const held = (of: number, why: string, ...changes: Change[]): Case => ({
    holds: true,
    why,
    of,
    place: '',
    changes,
  })
  return [
    ...[1, 2, 3].map((of) => held(of, `the receipt of ${of}`)),
    ...heldCases(held),
    ...formCases(refused),
    ...eventCases(refused),
    ...releaseCases(refused),
    ...otherCases(refused),
  ]
}

type Refuse = (of: number, place: string, why: string, at: (string | number)[], to?: Json) => Case
const another = hex(bytesOf('another'))

function heldCases(held: (of: number, why: string, ...changes: Change[]) => Case): Case[] {
  return [
    held(1, 'words that no commitment binds, signed', {
      at: ['events', 0, 'words', 'source'],
      to: 'by post',
    }),
    held(1, 'nothing said of how the person was checked', { at: ['issued', 'checked'] }),
    held(1, 'an event less: nothing shows that all are there', {
      at: ['events'],
      to: receiptOf(1).events.slice(1) as unknown as Json,
    }),
    held(1, 'a release whose trees are not kept', { at: ['releases', 0, 'rows'], to: [] }),
    held(1, 'a proof with extra data, for which nobody vouches', {
      at: ['enrolment', 'proof'],
      to: proofOf(1).replace('\nindex', '\nextra AAAA\nindex'),
    }),
    held(1, 'a verdict that is not opened', { at: ['releases', 0, 'rows', 0, 'verdict'] }),
    held(
      1,
      'a release that was not sealed yet',
      { at: ['releases', 0, 'rows'], to: [] },
      { at: ['releases', 0, 'sealed'] },
    ),
  ]
}

function formCases(refused: Refuse): Case[] {
  return [
    refused(1, 'format', 'another format', ['format'], 'fairshare/person-receipt@v2'),
    refused(1, 'why', 'a member that is not known', ['why'], 'because'),
    refused(1, 'issued', 'no member `issued`', ['issued']),
    refused(1, 'issued.at', 'an instant without a zone', ['issued', 'at'], '2018-06-13T09:00:00'),
    refused(1, 'issued.checked', 'an empty text of how the person was checked', ['issued', 'checked'], ''),
    refused(1, 'issued.checked', 'that with a line break', ['issued', 'checked'], 'by\ntelephone'),
    refused(
      1,
      'issued.checked',
      'that with a mark that turns the direction',
      ['issued', 'checked'],
      'by \u202etelephone',
    ),
    refused(1, 'issued.checked', 'that with 501 characters', ['issued', 'checked'], '😀'.repeat(501)),
    refused(1, 'subject', 'the number 0', ['subject'], 0),
    refused(1, 'subject', 'a number of 2^31', ['subject'], 2 ** 31),
    refused(1, 'subject', 'a number as text', ['subject'], '1'),
    refused(1, 'secret', 'a secret in capitals', ['secret'], receiptOf(1).secret.toUpperCase()),
    refused(1, 'register.id', 'an id that is none', ['register', 'id'], 'register'),
    refused(1, 'register.verifierKey', 'another key', ['register', 'verifierKey'], 'a+b+c'),
    refused(1, 'register.origin', 'another origin', ['register', 'origin'], 'other.example'),
  ]
}

function eventCases(refused: Refuse): Case[] {
  const consent = (...more: (string | number)[]) => ['events', 1, ...more]
  return [
    refused(1, 'events[1].fields.kind', 'a kind that no table has', consent('fields', 'kind'), 13),
    refused(
      1,
      'events[1].fields.qualifier',
      'a qualifier that no table has',
      consent('fields', 'qualifier'),
      4,
    ),
    refused(
      1,
      'events[0].fields.qualifier',
      'a qualifier of a showing',
      ['events', 0, 'fields', 'qualifier'],
      1,
    ),
    refused(1, 'events[1].fields.grade', 'no grade', consent('fields', 'grade'), 0),
    refused(
      1,
      'events[1].fields.jurisdiction',
      'a jurisdiction that no table has',
      consent('fields', 'jurisdiction'),
      3,
    ),
    refused(1, 'events[1].fields.channel', 'a channel that no table has', consent('fields', 'channel'), 8),
    refused(
      1,
      'events[0].fields.statedText',
      'a stated text that is empty',
      ['events', 0, 'fields', 'statedText'],
      '',
    ),
    refused(1, 'events[1].fields.basis', 'a number that is missing', consent('fields', 'basis')),
    refused(1, 'events[1]', 'another stated text', consent('fields', 'statedText'), 'am 2. März'),
    refused(1, 'events[1]', 'another qualifier', consent('fields', 'qualifier'), 2),
    refused(1, 'events[1]', 'an earlier instant', consent('fields', 'latest'), 0),
    refused(1, 'events[1]', 'another place in the batch', consent('ord'), 0),
    refused(1, 'events[1]', 'a path cut short', consent('path'), []),
    refused(1, 'events[1].position', 'another position', consent('position'), 2),
    refused(1, 'events[1].words.kind', 'another word for the kind', consent('words', 'kind'), 'refusal'),
    refused(
      1,
      'events[1].words.latest',
      'an instant with zeros at its end',
      consent('words', 'latest'),
      '2018-02-01T09:00:00.999990Z',
    ),
    refused(1, 'events[1].words.channel', 'no word where there is a number', consent('words', 'channel')),
    refused(1, 'events[1].words.purpose', 'no name where there is a number', consent('words', 'purpose')),
    refused(
      1,
      'events[1].words.route',
      'a name where there is no number',
      consent('words', 'route'),
      'online',
    ),
    refused(3, 'events[2].word', 'another word for a stop', ['events', 2, 'word'], 'safety'),
    refused(3, 'events[2]', 'another commitment', ['events', 2, 'commitment'], another),
    refused(3, 'events[2].fields', 'a closed event with fields', ['events', 2, 'fields'], {}),
    closedObjection(),
  ]
}

/** An objection shown as a stop that stays closed: its entry says that it is none. */
function closedObjection(): Case {
  const { events } = receiptOf(2)
  const {
    fields: _,
    words: __,
    ...objection
  } = events[2] as { fields?: unknown; words?: unknown } & (typeof events)[number]
  const commitment = hex(commitmentOfObjection())
  return {
    ...{ holds: false, why: 'an objection left closed as if it were a stop', of: 2, place: 'events[2].word' },
    changes: [{ at: ['events', 2], to: { ...objection, commitment, word: 'stop' } as unknown as Json }],
  }
}

function releaseCases(refused: Refuse): Case[] {
  const row = (...more: (string | number)[]) => ['releases', 0, 'rows', 0, ...more]
  const { rows } = receiptOf(1).releases[0]!
  const proof = rows[0]!.decided.proof
  return [
    refused(1, 'releases[0].release', 'another release', ['releases', 0, 'release'], '4-acorn-post@13'),
    refused(1, 'releases[0].sealed.body', 'another salt', ['releases', 0, 'sealed', 'salt'], another),
    refused(
      1,
      'releases[0].sealed.entry',
      'the entry of another kind of document',
      ['releases', 0, 'sealed'],
      {
        ...receiptOf(1).releases[0]!.sealed!,
        ...{ position: 5, entry: entryText(5), proof: proofOf(5) },
      },
    ),
    refused(
      2,
      'releases[0].rows[0].released',
      'a row that was to stay and left',
      ['releases', 0],
      releaseOf(2, leak) as unknown as Json,
    ),
    refused(1, 'releases[0].rows', 'rows of what was not sealed', ['releases', 0, 'sealed']),
    refused(
      1,
      'releases[0].rows[0].decided',
      'rows in another order',
      ['releases', 0, 'rows'],
      rows.toReversed() as unknown as Json,
    ),
    refused(
      1,
      'releases[0].rows[0].decided',
      'another commitment in D',
      row('decided', 'commitment'),
      another,
    ),
    refused(
      1,
      'releases[0].rows[0].decided',
      'a proof that is too deep',
      row('decided', 'proof', 'depth'),
      proof.depth + 1,
    ),
    refused(
      1,
      'releases[0].rows[0].decided.proof.more',
      'a proof with a member more',
      row('decided', 'proof', 'more'),
      1,
    ),
    refused(1, 'releases[0].rows[0].verdict', 'other fields', row('verdict', 'fields'), 1),
    refused(
      1,
      'releases[0].rows[0].verdict.words.outcome',
      'another word for the outcome',
      row('verdict', 'words', 'outcome'),
      'deny',
    ),
    refused(
      1,
      'releases[0].rows[0].released',
      'a row that left shown as one that did not',
      row('released', 'commitment'),
    ),
    refused(
      2,
      'releases[0].rows[0].released',
      'a row that stayed shown as one that left',
      row('released', 'commitment'),
      another,
    ),
    refused(
      1,
      'releases[0].words.removed',
      'another way of being removed',
      ['releases', 0, 'words', 'removed'],
      'lost',
    ),
  ]
}

/** The log of these vectors, but that its first entry stands at index 3 too. */
function proofElsewhere(): string {
  const hashes = leafHashes.with(3, leafHashes[0]!)
  const checkpoint = signCheckpoint({ size: hashes.length, root: rootOf(hashes) }, signer)
  return encodeProof({ index: 3, hashes: pathOf(3, hashes), checkpoint })
}

function otherCases(refused: Refuse): (Case & { signature?: string })[] {
  const anotherCheckpoint = proofOf(1, 259)
  return [
    refused(
      1,
      'enrolment.position',
      'an entry shown at another index than its position',
      ['enrolment', 'proof'],
      proofElsewhere(),
    ),
    refused(1, 'enrolment', 'another secret', ['secret'], another),
    refused(1, 'enrolment', 'another number', ['subject'], 2),
    refused(1, 'enrolment', 'another place in the batch', ['enrolment', 'index'], 1),
    refused(1, 'enrolment.position', 'another position', ['enrolment', 'position'], 2),
    refused(1, 'enrolment.entry', 'an entry with white space', ['enrolment', 'entry'], `${entryText(1)} `),
    refused(1, 'enrolment.proof', 'the proof of another entry', ['enrolment', 'proof'], proofOf(2)),
    refused(
      1,
      'events[0].proof',
      'proofs against two checkpoints',
      ['events', 0, 'proof'],
      anotherCheckpoint,
    ),
    {
      ...refused(1, 'signature', 'other words than were signed', ['events', 0, 'words', 'source'], 'by post'),
      signature: receiptOf(1).signature,
    },
    {
      ...refused(1, 'signature', 'a signature over a checkpoint', []),
      changes: [],
      signature: checkpointAt(260),
    },
    {
      ...refused(1, 'signature', 'a signature over one line more', []),
      changes: [],
      signature: signNote('fairshare/person-receipt@v1\nx\n', signer),
    },
  ]
}

function entryText(position: number): string {
  return Buffer.from(entries[position - 1]!).toString()
}

function commitmentOfObjection(): Uint8Array {
  return commitmentOf(batches[1]!.events[0]!, 2, 0)
}
