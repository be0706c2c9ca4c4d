// Ways out of a check that an operator with the register's key might try: around the sample, the rule of approval, and the keys of
// others. Each is refused, or what was not looked at stands in the words. docs/threats.md lists them.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { verifyCommand } from '../../src/cli/commands/verify.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { takeSample } from '../../src/evidence/sample-rule.ts'
import { toHex } from '../../src/log/bytes.ts'
import { Committer } from '../../src/log/commitment.ts'
import { encodeVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import { type PackDocument, type PackManifest, receiptPath } from '../../src/model/evidence-pack.ts'
import type { PersonReceipt } from '../../src/model/person-receipt.ts'
import type {
  ApprovalBody,
  CommittedBody,
  DecisionBody,
  OpenedBody,
  RecipientKeyBody,
  RecipientKeyVerifiedBody,
} from '../../src/model/release.ts'
import { statementText } from '../../src/model/statement.ts'
import { destroyKeys, finishDestruction } from '../../src/register/destroy-keys.ts'
import { configurationFrom } from '../../src/service/configuration.ts'
import { newFolder } from '../release/club-places.ts'
import { day } from '../release/small-club.ts'
import { type ClubWithPack, clubWithPack, objector, people } from './club-with-pack.ts'
import {
  asFiles,
  changeBody,
  changeText,
  entriesIn,
  finding,
  honestPack,
  keyOf,
  manifestIn,
  receiptsIn,
  resigned,
  rewritten,
  rewrittenWithReceipts,
  type Story,
  signReceipt,
  textOf,
  type Unpacked,
  verify,
} from './dishonest-operator.ts'

const dana = signerFromSeed(new Uint8Array(32).fill(11))
const victim = 5
const seed = 'the regulator’s own seed'
const folders = newFolder('evasions')
let made: ClubWithPack
/** Without a sample: what a regulator asks for first. */
let first: Unpacked

beforeAll(async () => {
  made = await clubWithPack(join(folders.path, 'club'))
  first = await honestPack(made.club, { scope: { release: made.release } }, 'first.zip')
})
afterAll(async () => {
  await made.club.close()
  folders.remove()
})

const csv = () => `releases/${made.release}/people.csv`
const find = (pack: Unpacked) => finding(pack, made.signer)
const resign = (change: Parameters<typeof resigned>[2], pack = made.pack) =>
  resigned(pack, made.signer, change)
const beside = (pack = first) => ({ before: { name: 'first.zip', open: () => asFiles(pack) } })

/** '' where all holds, and what is said and not said. */
async function told(pack: Unpacked, options: Parameters<typeof verify>[2] = {}) {
  const { says, doesNotSay } = await verify(pack, made.signer, options)
  return {
    failed: await finding(pack, made.signer, options),
    says: says.join('\n'),
    doesNotSay: doesNotSay.join('\n'),
  }
}

const commitmentOf = ({ register, subject, secret }: PersonReceipt) => {
  const commitment = new Uint8Array(32)
  new Committer(register.id).commitSubject(subject, Buffer.from(secret, 'hex'), 0, commitment, 0)
  return toHex(commitment)
}
const receiptOf = (subject: number) =>
  receiptsIn(made.pack).find(({ receipt }) => receipt.subject === subject)!
const lineOf = (subject: number) =>
  textOf(made.pack, csv())
    .split('\n')
    .find((line) => line.startsWith(commitmentOf(receiptOf(subject).receipt)))!

describe('a sample after the seed is known', () => {
  let sampled: Unpacked
  beforeAll(async () => {
    const asked = { scope: { release: made.release }, sample: { size: 4, seed } }
    sampled = await honestPack(made.club, asked, 'sample.zip')
  })

  /** Whoever the seed picks first gets a line under a commitment of nobody, which it does not pick. */
  function evaded(): Unpacked {
    const all = new Map(receiptsIn(made.pack).map(({ receipt }) => [commitmentOf(receipt), receipt]))
    const picked = (commitments: Iterable<string>) => {
      const taker = takeSample(4, seed)
      for (const commitment of commitments) taker.offer(commitment)
      return taker.picked()
    }
    const liar = picked(all.keys())[0]!
    const others = [...all.keys()].filter((commitment) => commitment !== liar)
    let nobody = ''
    for (let n = 0; nobody === '' || picked([...others, nobody]).includes(nobody); n++)
      nobody = createHash('sha256').update(`${n}`).digest('hex')
    return resign((files, manifest) => {
      manifest.sample = { size: 4, seed }
      const [head, ...lines] = textOf(files, csv()).trimEnd().split('\n')
      const changed = lines.map((line) => line.replace(liar, nobody)).sort()
      files.set(csv(), Buffer.from(`${[head, ...changed].join('\n')}\n`))
      for (const path of [...files.keys()]) if (path.startsWith('people/')) files.delete(path)
      for (const [index, commitment] of picked(others).entries())
        files.set(receiptPath(index), Buffer.from(canonicalJson(all.get(commitment)!)))
    })
  }

  test('is refused beside the pack of before: people.csv is another', async () => {
    expect(await finding(evaded(), made.signer, beside())).toBe(
      `What is said of each record stood in first.zip already | ${csv()}: is another than in first.zip`,
    )
  })

  test('without a pack of before it is said what that leaves open', async () => {
    const { failed, doesNotSay } = await told(evaded())
    expect(failed).toBe('')
    expect(doesNotSay).toContain('That people.csv was not written after the seed was known')
  })

  test('holds beside the pack of before when nothing was written since', async () => {
    const { failed, says, doesNotSay } = await told(sampled, beside())
    expect(failed).toBe('')
    expect(says).toContain('has the same people.csv, byte for byte: none was written after it')
    expect(doesNotSay).not.toContain('written after the seed')
  })

  test('is not beside a pack of before that knew the seed, that has no such list, or of another history', async () => {
    const at = (one: Unpacked) => finding(sampled, made.signer, beside(one))
    expect(await at(sampled)).toContain('first.zip, at sample.seed: is the same')
    const without = resign((files) => files.delete(csv()), first)
    expect(await at(without)).toContain(`${csv()}: is not in first.zip`)
    const other = rewritten(first, made.signer, ({ entries }) => {
      entries.at(-1)!.recordedAt += 1
    })
    expect(await at(other)).toContain('first.zip, at asOf.root: is of another history')
    const unsigned = new Map(first).set('pack.json', Buffer.from('{}'))
    expect(await at(unsigned)).toContain('first.zip, in pack.json')
  })

  test('is compared by the command, with a pack in a folder or in its archive', async () => {
    const home = made.club.app.configuration.home
    const folder = join(folders.path, 'first')
    for (const [path, bytes] of first) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
    const run = async (path: string) => {
      const parts: string[] = []
      const out = { write: (more: string) => parts.push(more) }
      const exit = await verifyCommand.run({
        arguments: [join(home, 'sample.zip')],
        options: { key: keyOf(made.signer), before: path },
        terminal: openTerminal(out, out),
        configuration: configurationFrom({}, { home: join(folders.path, 'none') }),
      })
      return { exit, text: parts.join('') }
    }
    for (const path of [folder, join(home, 'first.zip')]) {
      const { exit, text } = await run(path)
      expect(text).toContain('  ok  What is said of each record stood in first')
      expect(exit).toBe(0)
    }
    await expect(run(join(home, 'none.zip'))).rejects.toMatchObject({ code: 'file.missing' })
  })
})

describe('receipts that leave out what they would be compared with', () => {
  const withoutRows = (subjects: readonly number[]) => (files: Unpacked) => {
    for (const subject of subjects) {
      const { path, receipt } = receiptOf(subject)
      const changed = structuredClone(receipt)
      for (const release of changed.releases) release.rows = []
      files.set(path, Buffer.from(canonicalJson(signReceipt(changed, made.signer))))
    }
  }
  const swapped = (files: Unpacked) => {
    const [stayed, left] = [lineOf(objector), lineOf(victim)]
    changeText(files, csv(), (text) =>
      text.replace(stayed, stayed.replace(',deny', ',allow')).replace(left, left.replace(',allow', ',deny')),
    )
  }

  test('of some people only are refused: the trees are kept, or they are not', async () => {
    const pack = resign((files) => {
      swapped(files)
      withoutRows([objector, victim])(files)
    })
    expect(await find(pack)).toMatch(
      /^The receipts say .* people\/\d+\/receipt\.json, at releases, .*: has no rows, though the trees are kept: people\/\d+\/receipt\.json has some$/,
    )
  })

  test('of everybody agree with nothing, and that is what is said', async () => {
    const everybody = Array.from({ length: people }, (_, index) => index + 1)
    const { failed, says, doesNotSay } = await told(
      resign((files) => {
        swapped(files)
        withoutRows(everybody)(files)
      }),
    )
    expect(failed).toBe('')
    expect(says).toContain(`None of the ${people} could be compared in all that is said of them.`)
    expect(says).not.toContain('agree')
    expect(doesNotSay).toContain(`What became of ${people} records of the persons enclosed`)
  })

  test('as another enrolment of one person may have it: one document of pairs excuses, and is counted', async () => {
    const pack = await rewrittenWithReceipts(made.pack, made.signer, ({ entries }) => {
      const last = entries.at(-1)!
      entries.push({
        ...last,
        kind: 'links',
        position: last.position + 1,
        recordedAt: last.recordedAt + 1,
      })
    })
    const { failed, says, doesNotSay } = await told(
      resign(
        (files) => changeText(files, csv(), (text) => text.replace(',2018-03-12,', ',2018-03-11,')),
        pack,
      ),
    )
    expect(failed).toBe('')
    expect(says).toContain(
      `${people - 1} of the ${people} were compared in all that is said of them, and agree.`,
    )
    expect(doesNotSay).toMatch(/What 1 line of the sample go by: .* the log has 1 document of pairs/)
  })
})

describe('people who are not there', () => {
  const withoutReceipts = (files: Unpacked) => {
    for (const path of [...files.keys()]) if (path.startsWith('people/')) files.delete(path)
  }

  test('as erased, though nobody’s keys were destroyed, are refused', async () => {
    const pack = resign((files, manifest) => {
      withoutReceipts(files)
      for (const { receipt } of receiptsIn(made.pack))
        manifest.left.push(`erased ${commitmentOf(receipt)}: gone`)
    })
    expect(await find(pack)).toContain(
      `pack.json, at left: names ${people} people as erased, and the keys of 0 were destroyed`,
    )
  })

  test('as their lines are left out of a sample that is drawn from them are refused', async () => {
    const pack = resign((files, manifest) => {
      withoutReceipts(files)
      files.delete(csv())
      files.delete(`releases/${made.release}/summary.json`)
      manifest.left.push(`people ${made.release}: verdicts not kept any more`)
    })
    expect(await find(pack)).toContain(`${csv()}: is left out, though the sample is drawn from it`)
  })

  test('as they were erased are named, and counted against what the log says', async () => {
    const other = await clubWithPack(join(folders.path, 'erased'))
    try {
      const { register } = other.club.app
      await destroyKeys(register, [3], { actor: 'dpo', zone: 'Europe/London' })
      await finishDestruction(register)
      const asked = { scope: { release: other.release }, sample: { size: people, seed } }
      const pack = await honestPack(other.club, asked, 'erased.zip')
      expect(await finding(pack, other.signer)).toBe('')
      const { says } = await verify(pack, other.signer)
      expect(says.join('\n')).toContain(
        '1 fewer than asked for, as there are no more or their keys were destroyed (named so: 1; the log says that the keys of 1 person were destroyed)',
      )
      const alter = (change: (files: Unpacked, manifest: PackManifest) => void) =>
        finding(resigned(pack, other.signer, change), other.signer)
      const two = await alter((files, { left }) => {
        files.delete(receiptPath(people - 2))
        const last = receiptsIn(pack).at(-1)!
        left.push(`erased ${commitmentOf(last.receipt)}`)
      })
      expect(two).toContain('names 2 people as erased, and the keys of 1 were destroyed')
      const hidden = await alter((files) => {
        for (const path of [...files.keys()])
          if (path.endsWith('-erasure.keys-destroyed.json')) files.delete(path)
      })
      expect(hidden).toContain(
        'erasure.keys-destroyed.json: is not there, and a pack has every document of its kind',
      )
      const more = rewritten(pack, other.signer, (story) => {
        changeBody<{ people: number }>(story, 'erasure.keys-destroyed', (body) => {
          body.people = 9
        })
      })
      const receipts = await rewrittenWithReceipts(more, other.signer, () => {})
      expect(await finding(receipts, other.signer)).toContain(
        'body.people: is not one event for each of them',
      )
    } finally {
      await other.club.close()
    }
  })
})

describe('the rule of an approval, and who may give one', () => {
  function alone(story: Story): void {
    changeBody<ApprovalBody>(story, 'approval', (body) => {
      Object.assign(body.statement, { rule: 'sole-person', because: 'There is only one of us.' })
      body.note = signNote(statementText(body.statement), { name: body.statement.approver, ...dana })
    })
    changeBody<CommittedBody>(story, 'release.committed', (body) => {
      body.approvalRule = 'sole-person'
    })
  }
  const withoutController = (files: Unpacked): string[] => {
    const gone = [...files.keys()].filter((path) => path.startsWith('policy/controller/'))
    for (const path of gone) files.delete(path)
    return gone.map((path) => path.replace(/^policy\/|\.json$/g, ''))
  }

  test('alone, with the policy that asks for a second person left out, is refused', async () => {
    const pack = await rewrittenWithReceipts(made.pack, made.signer, alone)
    expect(await find(resign((files) => void withoutController(files), pack))).toMatch(
      /policy\/controller\/.*\.json: is not there, and not named as left out$/,
    )
  })

  test('with that policy named as left out, it is said that the rule was not looked at', async () => {
    const pack = await rewrittenWithReceipts(made.pack, made.signer, alone)
    const { failed, doesNotSay } = await told(
      resign((files, manifest) => {
        for (const item of withoutController(files)) manifest.left.push(`body ${item}`)
      }, pack),
    )
    expect(failed).toBe('')
    expect(doesNotSay).toContain(
      `Whether ${made.release} needed a second person: the rule of its approval was not looked at`,
    )
    expect((await told(made.pack)).doesNotSay).not.toContain('was not looked at')
  })

  test('by somebody whose removal is left out is refused, as is with it', async () => {
    const pack = await rewrittenWithReceipts(made.pack, made.signer, ({ documents, entries }) => {
      const approver = documents.find(({ kind }) => kind === 'approver')!
      const removed = documents.findLast(({ kind }) => kind === 'approver')!
      removed.kind = 'approver-removed'
      removed.about = approver.about
      removed.body = canonicalJson({ id: approver.about, because: 'left the club' })
      entries[removed.position - 1]!.kind = 'approver-removed'
    })
    expect(await find(pack)).toContain('body.statement.approver: was not on record as an approver before')
    const without = resign((files) => {
      for (const path of [...files.keys()]) if (path.endsWith('-approver-removed.json')) files.delete(path)
    }, pack)
    expect(await find(without)).toContain(
      'approver-removed.json: is not there, and a pack has every document of its kind',
    )
  })
})

test('a decision that looked up to a position after itself is refused', async () => {
  const size = manifestIn(made.pack).asOf.size
  const pack = rewritten(made.pack, made.signer, (story) => {
    const last = story.entries.at(-1)!
    Object.assign(last, { recordedAt: last.recordedAt + 300 * day, events: 12, eventRoot: 'a'.repeat(64) })
    const decision = changeBody<DecisionBody>(story, 'decision', (body) => {
      body.position = size
    })
    const decisionSha256 = sha256Hex(decision.body)
    changeBody<ApprovalBody>(story, 'approval', (body) => {
      body.statement.decisionSha256 = decisionSha256
      body.note = signNote(statementText(body.statement), { name: body.statement.approver, ...dana })
    })
    changeBody<CommittedBody>(story, 'release.committed', (body) => {
      body.decisionSha256 = decisionSha256
    })
  })
  expect(entriesIn(pack)).toHaveLength(size)
  expect(await find(pack)).toMatch(/-decision\.json, at body\.position: is not before the decision itself$/)
})

describe('a recipient’s receipt under a key that the operator made', () => {
  const mine = { name: 'acorn', ...signerFromSeed(new Uint8Array(32).fill(99)) }
  const resignNote = (note: string) => signNote(note.slice(0, note.lastIndexOf('\n\n') + 1), mine)
  const forged = (withAnswer: boolean) =>
    rewrittenWithReceipts(made.pack, made.signer, (story) => {
      changeBody<RecipientKeyBody>(story, 'recipient-key', ({ card }) => {
        Object.assign(card, { verifierKey: encodeVerifierKey(mine.name, mine.publicKey) })
      })
      changeBody<OpenedBody>(story, 'release.opened', (body) => {
        body.note = resignNote(body.note)
      })
      if (!withAnswer) return
      changeBody<RecipientKeyVerifiedBody>(story, 'recipient-key-verified', (body) => {
        body.note = resignNote(body.note)
      })
    })

  test('without an answer to a challenge under it is refused', async () => {
    expect(await find(await forged(false))).toMatch(
      /recipient-key-verified\.json, at body\.note: is not signed by the key of the recipient’s card$/,
    )
  })

  test('with the answer to another challenge is refused', async () => {
    const pack = await rewrittenWithReceipts(made.pack, made.signer, (story) => {
      changeBody<RecipientKeyBody>(story, 'recipient-key', (body) => {
        body.challengeSha256 = '0'.repeat(64)
      })
    })
    expect(await find(pack)).toMatch(
      /recipient-key-verified\.json, at body\.note: does not answer the challenge of that card$/,
    )
  })

  test('with one it stands there which key that is, who put it on record, and when', async () => {
    const { failed, says, doesNotSay } = await told(await forged(true))
    expect(failed).toBe('')
    expect(says).toContain(
      `with the key ${encodeVerifierKey(mine.name, mine.publicKey)} that dpo put on record on 2018-06-12`,
    )
    expect(doesNotSay).toContain('Whose the keys of approvers and recipients are')
  })
})

test('the receipt of one person is said to be what was given out, not all that is held', async () => {
  const pack = await honestPack(made.club, { scope: { subject: objector } }, 'person.zip')
  const { failed, says } = await told(pack)
  expect(failed).toBe('')
  expect(says).toContain('says what the register gave out of that person')
  const documents = [...pack.keys()].filter((path) => path.startsWith('documents/'))
  const kinds = documents.map((path) => (JSON.parse(textOf(pack, path)) as PackDocument).kind)
  expect(kinds).toContain('approver')
})
