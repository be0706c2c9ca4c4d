// False stories, told by an operator who has the register, its signing key and this program's code. Each is refused by the check
// that is named here, or stands in a sentence that the verifier prints unasked. docs/threats.md lists them.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { firstFailure, placeText } from '../../src/evidence/check.ts'
import { releaseSignedText } from '../../src/evidence/release-documents.ts'
import { sayReceipt } from '../../src/evidence/say-receipt.ts'
import { verifyClaim } from '../../src/evidence/verify-claim.ts'
import { verifyLog } from '../../src/evidence/verify-log.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import { verifyRelease } from '../../src/evidence/verify-release.ts'
import { toHex } from '../../src/log/bytes.ts'
import { Committer } from '../../src/log/commitment.ts'
import type { LogEntry } from '../../src/log/log-entry.ts'
import { buildPrefixTree } from '../../src/log/prefix-tree.ts'
import { parseVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { parseProof } from '../../src/log/tlog-proof.ts'
import { canonicalHash, canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import { claimSignedText, type ReleaseClaim } from '../../src/model/claim.ts'
import type { PackDocument } from '../../src/model/evidence-pack.ts'
import type { PersonReceipt } from '../../src/model/person-receipt.ts'
import type {
  ApprovalBody,
  ApproverBody,
  CommittedBody,
  DecisionBody,
  ReleaseManifest,
  SealedBody,
} from '../../src/model/release.ts'
import { statementText } from '../../src/model/statement.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { rotateSigningKey } from '../../src/register/rotate-signing-key.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { claimsOf } from '../../src/service/person-rights.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'
import { buildDelivery, desk, type Row, recipientKeys } from '../recipient/build-delivery.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { askAndApprove, day, foundClub, memberNo, minute } from '../release/small-club.ts'
import { type ClubWithPack, clubWithPack, importShowings, objector, people } from './club-with-pack.ts'
import {
  changeBody,
  changeText,
  crookedTree,
  entriesIn,
  finding,
  honestPack,
  keyOf,
  type manifestIn,
  receiptsIn,
  releasedKeyOf,
  resigned,
  rewritten,
  rewrittenWithReceipts,
  type Story,
  signerOf,
  signReceipt,
  textOf,
  type Unpacked,
  verify,
  writeLog,
} from './dishonest-operator.ts'

const folders = newFolder('malicious')
let made: ClubWithPack
/** Left with the list; the operator would like to say that she did not. */
const victim = 5

beforeAll(async () => {
  made = await clubWithPack(join(folders.path, 'club'))
})
afterAll(async () => {
  await made.club.close()
  folders.remove()
})

const find = (pack: Unpacked, kept: ClubWithPack['kept'][] = []) => finding(pack, made.signer, { kept })
const rewrite = (change: (story: Story) => void) => rewritten(made.pack, made.signer, change)
const resign = (change: Parameters<typeof resigned>[2]) => resigned(made.pack, made.signer, change)
const csv = () => `releases/${made.release}/people.csv`
const receiptOf = (subject: number, pack = made.pack) =>
  receiptsIn(pack).find(({ receipt }) => receipt.subject === subject)!

async function faultOf(receipt: PersonReceipt): Promise<string> {
  const checks = await verifyPersonReceipt(
    Buffer.from(canonicalJson(receipt)),
    keyOf(made.signer),
    'receipt.json',
  )
  const failure = firstFailure(checks)
  return failure === undefined ? '' : `${placeText(failure.place)}: ${failure.found}`
}

/** The honest parts of the workbench, so that what is refused below is refused for what was changed. */
describe('what the operator starts from', () => {
  test('is a pack that holds, and holds as well when nothing but the signature is made anew', async () => {
    expect(await find(made.pack, [made.kept])).toBe('')
    expect(
      await find(
        resign(() => ({})),
        [made.kept],
      ),
    ).toBe('')
    expect(
      await find(
        rewrite(() => {}),
        [made.kept],
      ),
    ).toBe('')
    expect(await find(await rewrittenWithReceipts(made.pack, made.signer, () => {}), [made.kept])).toBe('')
    expect(await faultOf(signReceipt(receiptOf(victim).receipt, made.signer))).toBe('')
  })
})

describe('a wrong index', () => {
  /** That somebody else's record did not leave, handed to her as if it were about hers. */
  function withOthersProof(): PersonReceipt {
    const receipt = structuredClone(receiptOf(victim).receipt)
    receipt.releases[0]!.rows[0]!.released = receiptOf(objector).receipt.releases[0]!.rows[0]!.released
    return signReceipt(receipt, made.signer)
  }

  test('a person’s receipt with the proof of another key is refused', async () => {
    expect(await faultOf(withOthersProof())).toBe(
      'receipt.json, at releases[0].rows[0].released: does not show whether the row was released',
    )
  })

  test('so is a pack with it', async () => {
    const { path } = receiptOf(victim)
    const pack = resign((files) => files.set(path, Buffer.from(canonicalJson(withOthersProof()))))
    expect(await find(pack)).toBe(
      `Every receipt enclosed holds, and is of this log | ${path}, at releases[0].rows[0].released: does not show whether the row was released`,
    )
  })

  test('so is a claim', async () => {
    const claimOf = async (person: number): Promise<ReleaseClaim> => {
      const meant = { kind: 'member', value: memberNo(person) }
      const [claim] = await claimsOf(
        made.club.app,
        meant,
        (all) => all.filter(({ claim }) => claim === (person === objector ? 'not-released' : 'released')),
        { grounds: false, checked: undefined },
      )
      return JSON.parse(claim!.text) as ReleaseClaim
    }
    const { signature: _, ...rest } = await claimOf(victim)
    const other = await claimOf(objector)
    const lie = { ...rest, claim: 'not-released', release: { ...rest.release, rows: other.release.rows } }
    const signed = canonicalJson({
      ...lie,
      signature: signNote(claimSignedText(canonicalHash(lie)), made.signer),
    })
    const failure = firstFailure(await verifyClaim(Buffer.from(signed), keyOf(made.signer)))
    expect(failure?.place.at).toMatch(/^release\.rows/)
  })

  test('a row of hers under another number of row is refused', async () => {
    const receipt = structuredClone(receiptOf(victim).receipt)
    receipt.releases[0]!.rows.push(receipt.releases[0]!.rows[0]!)
    expect(await faultOf(signReceipt(receipt, made.signer))).toMatch(/rows\[1\]\.decided: does not show/)
  })

  test('an entry that says it stands elsewhere is refused, in a pack and in a delivery', async () => {
    const pack = rewrite(({ entries }) => {
      entries[4]!.position = 9
    })
    expect(await find(pack)).toContain('log/tile/entries/000, at entry 4: says that it is at position 9')
    const keys = await recipientKeys('acorn', 21)
    const { folder } = await buildDelivery(join(folders.path, 'elsewhere'), keys, { entry: { position: 12 } })
    const { checks } = await verifyRelease(desk.files, folder, keys.trusted)
    expect(firstFailure(checks)?.found).toBe('is not the place the entry names')
  })
})

describe('a duplicate leaf', () => {
  test('one entry twice in the log is refused', async () => {
    const pack = resign((files, manifest) => {
      const entries = entriesIn(made.pack)
      entries.push({ ...entries.at(-1)! })
      relog(files, manifest, entries)
    })
    expect(await find(pack)).toMatch(/^Every entry of the log .* says that it is at position \d+$/)
  })

  test('our own builder does not make a tree with one key twice', () => {
    const leaf = Buffer.alloc(64, 7)
    expect(() => buildPrefixTree(Buffer.concat([leaf, leaf]), 2)).toThrow()
  })

  test('a recipient who gets one row twice refuses it', async () => {
    const keys = await recipientKeys('acorn', 22)
    const twice = (rows: Row[]) => [...rows.slice(0, -1), rows[0]!]
    const { folder } = await buildDelivery(join(folders.path, 'twice'), keys, { sealedRows: twice })
    await expect(
      openDelivery(desk, keys, { folder, out: join(folders.path, 'twice-out') }),
    ).rejects.toMatchObject({
      code: 'delivery.tampered',
    })
  })

  test('one person twice in people.csv is refused: the sums do not hold', async () => {
    const pack = resign((files) => changeText(files, csv(), (text) => text.replace(/^(.*,allow\n)/m, '$1$1')))
    expect(await find(pack)).toContain(`${csv()}: has ${people + 1} lines, and ${people} were considered`)
    const instead = resign((files) =>
      changeText(files, csv(), (text) => text.replace(/^(.*,allow\n).*,allow\n/m, '$1$1')),
    )
    expect(await find(instead)).toContain(
      `${csv()}: lets ${people - 2} people leave, and ${people - 1} were left of the members`,
    )
  })
})

describe('an unsorted builder', () => {
  /** R with the victim's leaf on the other side of the root, where nobody who looks for her key comes past. */
  function crookedR(): { root: string; prove: ReturnType<typeof crookedTree>['prove'] } {
    const leaves = receiptsIn(made.pack).flatMap(({ receipt }) => {
      const { commitment } = receipt.releases[0]!.rows[0]!.released
      if (commitment === undefined) return []
      const key = releasedKeyOf(receipt, made.release)
      return [{ at: receipt.subject === victim ? elsewhere(key) : key, key, commitment }]
    })
    return crookedTree(leaves)
  }

  function elsewhere(key: string): string {
    const bytes = Buffer.from(key, 'hex')
    bytes[0]! ^= 0x80
    return bytes.toString('hex')
  }

  /** Everything rewritten so that she is shown not to have left: root, log, documents, receipts, people.csv and all its sums. */
  async function storyWithoutHer({ receiptKept }: { receiptKept: boolean }): Promise<Unpacked> {
    const { root, prove } = crookedR()
    const secrets = new Map(receiptsIn(made.pack).map(({ receipt }) => [receipt.subject, receipt]))
    const toSealed = (body: SealedBody) => {
      body.released = root
      body.members -= 1
    }
    let sealedText = ''
    let manifestText = ''
    const pack = await rewrittenWithReceipts(
      made.pack,
      made.signer,
      (story) => {
        manifestText = changedManifest(root)
        changeBody<CommittedBody>(story, 'release.committed', (body) => {
          body.members -= 1
          body.removedSinceDecision += 1
        })
        const sealed = changeBody<SealedBody>(story, 'release.sealed', (body) => {
          toSealed(body)
          body.manifestSha256 = sha256Hex(manifestText)
        })
        sealedText = sealed.body
        if (!receiptKept) story.documents = story.documents.filter(({ kind }) => kind !== 'release.opened')
      },
      (receipt) => {
        const [release] = receipt.releases
        const row = release!.rows[0]!
        release!.sealed!.body = sealedText
        const proof = prove(releasedKeyOf(secrets.get(receipt.subject)!, made.release))
        row.released = proof.result === 'inclusion' ? { ...row.released, proof } : { proof }
        if (receipt.subject === victim) delete row.verdict
      },
    )
    const commitment = commitmentLine(made.pack, victim)
    return resigned(pack, made.signer, (files) => {
      files.set(`releases/${made.release}/manifest.json`, Buffer.from(manifestText))
      changeText(files, csv(), (text) => text.replace(commitment, commitment.replace(',allow', ',removed')))
      changeText(files, `releases/${made.release}/summary.json`, (text) => {
        const summary = JSON.parse(text) as { outcomes: Record<string, number> }
        summary.outcomes.allow! -= 1
        summary.outcomes.removed! += 1
        return canonicalJson(summary)
      })
    })
  }

  function changedManifest(root: string): string {
    const manifest = JSON.parse(
      textOf(made.pack, `releases/${made.release}/manifest.json`),
    ) as ReleaseManifest
    manifest.roots.released = root
    manifest.records.rows -= 1
    return canonicalJson(manifest)
  }

  test('makes a receipt that says she did not leave: it is the recipient’s receipt that refutes it', async () => {
    const pack = await storyWithoutHer({ receiptKept: true })
    const { receipt } = receiptOf(victim, pack)
    expect(await faultOf(receipt)).toBe('')
    expect(await find(pack)).toMatch(
      /^What recipients say was signed by them.*-release\.opened\.json, at body\.note: is of another manifest than was sealed$/,
    )
  })

  test('and without the recipient’s receipt the pack says that what arrived is not known', async () => {
    const pack = await storyWithoutHer({ receiptKept: false })
    const { checks, says } = await verify(pack, made.signer)
    expect(firstFailure(checks)).toBeUndefined()
    expect(says.join('\n')).toContain('no receipt of the recipient is enclosed: what arrived is not known.')
    expect(says.join('\n')).toMatch(/not opened here are 1: 1 release\.opened\./)
    expect(says.join('\n')).toContain('1 taken out again')
  })

  test('and any checkpoint kept since refutes it, as does the receipt she was given before', async () => {
    const pack = await storyWithoutHer({ receiptKept: false })
    const { checkpoint } = parseProof(receiptOf(victim).receipt.enrolment.proof)
    const hers = { name: 'her-receipt', note: Buffer.from(checkpoint) }
    expect(await find(pack, [hers])).toContain('the operator keeps two histories')
  })

  test('does not deceive the recipient, who computes the root from the rows', async () => {
    const keys = await recipientKeys('acorn', 23)
    const crooked = 'c'.repeat(64)
    const { folder } = await buildDelivery(join(folders.path, 'crooked'), keys, {
      manifest: (manifest) => ({ ...manifest, roots: { ...manifest.roots, released: crooked } }),
      body: (body) => ({ ...body, released: crooked }),
    })
    const opened = openDelivery(desk, keys, { folder, out: join(folders.path, 'crooked-out') })
    await expect(opened).rejects.toThrow(/lead to another root than the log holds/)
  })

  test('people.csv out of order is refused', async () => {
    const pack = resign((files) =>
      changeText(files, csv(), (text) => {
        const [header, first, second, ...rest] = text.split('\n')
        return [header, second, first, ...rest].join('\n')
      }),
    )
    expect(await find(pack)).toContain(`${csv()}, at line 3: is out of order`)
  })
})

describe('a swapped manifest', () => {
  test('of a release, in the pack', async () => {
    const path = `releases/${made.release}/manifest.json`
    const pack = resign((files) =>
      changeText(files, path, (text) => text.replace('Little Acorn Foods', 'Big Oak')),
    )
    expect(await find(pack)).toContain(`${path}: is not the manifest that was sealed`)
  })

  test('of a release, delivered, under a good signature', async () => {
    const folder = join(folders.path, 'swapped')
    cpSync(made.delivery, folder, { recursive: true })
    const changed = readFileSync(join(folder, 'manifest.json'), 'utf8').replace(
      'by email only',
      'as you like',
    )
    expect(changed).toContain('as you like')
    writeFileSync(join(folder, 'manifest.json'), changed)
    writeFileSync(
      join(folder, 'manifest.json.sig'),
      signNote(releaseSignedText(made.release, sha256Hex(changed)), made.signer),
    )
    const { checks } = await verifyRelease(recipientDesk.files, folder, [
      parseVerifierKey(keyOf(made.signer)),
    ])
    expect(placeAndFinding(checks)).toBe(
      'sealed.json, at body.manifestSha256: is not the hash of this manifest',
    )
  })

  test('of a pack: that of another scope does not fit these files', async () => {
    const other = await honestPack(made.club, { scope: { subject: victim } }, 'swapped.zip')
    const pack = new Map(made.pack)
      .set('pack.json', other.get('pack.json')!)
      .set('pack.json.sig', other.get('pack.json.sig')!)
    expect(await find(pack)).toMatch(/^Every file is the one that was signed for, and there is no other \| /)
  })

  test('of a log: the manifest is as of another tree than is enclosed', async () => {
    const pack = resign((_files, manifest) => {
      manifest.asOf.root = '0'.repeat(64)
    })
    expect(await find(pack)).toContain('pack.json, at asOf.root: is not the root of the log enclosed')
  })
})

describe('two roots for one size', () => {
  /** The same but for the microsecond of one entry, which stays later than the one before. */
  const other = () => {
    const entries = entriesIn(made.pack)
    entries[changed()]!.recordedAt -= 1
    return entries
  }
  const changed = () =>
    entriesIn(made.pack).findIndex(
      ({ recordedAt }, index, all) => recordedAt - (all[index - 1]?.recordedAt ?? recordedAt) > minute,
    )

  test('a pack against a kept checkpoint of this very size', async () => {
    const entries = other()
    const { checkpoint } = writeLog(entries, made.signer, () => {})
    const kept = { name: 'kept', note: Buffer.from(checkpoint) }
    expect(await find(made.pack, [kept])).toBe(
      'The log is the same history as kept | kept, at root: is signed too, and the log enclosed has another root at this size: the operator keeps two histories',
    )
  })

  test('a copy of the log against it', async () => {
    const files = new Map<string, Uint8Array>()
    const { checkpoint } = writeLog(other(), made.signer, (path, bytes) => files.set(path, bytes))
    files.set('checkpoint', Buffer.from(checkpoint))
    const read = async (path: string) => files.get(path)
    const kept = { name: 'kept', note: made.pack.get('log/checkpoint')! }
    const { checks } = await verifyLog(read, parseVerifierKey(keyOf(made.signer)), [kept])
    expect(firstFailure(checks)?.found).toContain('the operator keeps two histories')
  })

  test('a receipt whose proofs lead to both', async () => {
    const forked = await rewrittenWithReceipts(made.pack, made.signer, (story) => {
      story.entries[changed()] = other()[changed()]!
    })
    const receipt = structuredClone(receiptOf(victim).receipt)
    receipt.enrolment = receiptOf(victim, forked).receipt.enrolment
    expect(await faultOf(signReceipt(receipt, made.signer))).toMatch(/: is against another checkpoint$/)
  })

  test('a pack whose receipts lead to the other one', async () => {
    const forked = await rewrittenWithReceipts(made.pack, made.signer, (story) => {
      story.entries[changed()] = other()[changed()]!
    })
    const { path } = receiptOf(victim)
    const pack = resign((files) => files.set(path, forked.get(path)!))
    expect(await find(pack)).toContain(
      `${path}, at enrolment.proof: is against another tree than that of the pack`,
    )
  })
})

describe('a reused release id', () => {
  /** A second list under the id of the first, committed and sealed after it. */
  function second(story: Story, kind: string): PackDocument {
    const first = story.documents.find((document) => document.kind === kind)!
    const entry: LogEntry = {
      ...story.entries[first.position - 1]!,
      position: story.entries.length + 1,
      recordedAt: story.entries.at(-1)!.recordedAt + 1,
    }
    story.entries.push(entry)
    return { ...first, position: entry.position }
  }

  test('is refused where both are enclosed', async () => {
    const pack = rewrite((story) => {
      story.documents.push(second(story, 'release.committed'))
    })
    expect(await find(pack)).toMatch(
      /^No release id is used twice \| documents\/\d+-release\.committed\.json, at body\.release: was committed before under the same id$/,
    )
    const sealed = rewrite((story) => {
      story.documents.push(second(story, 'release.sealed'))
    })
    expect(await find(sealed)).toMatch(
      /release\.sealed\.json, at body\.release: has a release\.sealed before under the same id$/,
    )
  })

  test('is seen in the pack where the second is left out', async () => {
    const pack = await rewrittenWithReceipts(made.pack, made.signer, (story) => {
      second(story, 'release.committed')
      second(story, 'release.sealed')
    })
    const { checks, says } = await verify(pack, made.signer)
    expect(firstFailure(checks)).toBeUndefined()
    expect(says.join('\n')).toMatch(/not opened here are 2: 1 release\.committed, 1 release\.sealed\./)
  })

  test('no id but that of the decision fits', async () => {
    const pack = rewrite((story) => {
      for (const kind of ['release.committed', 'release.sealed', 'release.delivered'])
        changeBody<SealedBody>(story, kind, (body) => {
          body.release = 'letter@1'
        }).about = 'letter@1'
      story.documents = story.documents.filter(({ kind }) => kind !== 'release.opened')
      story.manifest.releases = ['letter@1']
      story.manifest.scope = { release: 'letter@1' }
    })
    const moved = resigned(pack, made.signer, (files) => {
      for (const path of [...files.keys()])
        if (path.startsWith('releases/')) {
          files.set(path.replace(made.release, 'letter@1'), files.get(path)!)
          files.delete(path)
        }
    })
    expect(await find(moved)).toMatch(
      /release\.committed\.json, at body\.release: is not the id of this request and decision$/,
    )
  })
})

describe('a backdated entry', () => {
  test('is refused: every entry is later than the one before', async () => {
    const pack = rewrite(({ entries, documents }) => {
      entries[documents.find(({ kind }) => kind === 'approval')!.position - 1]!.recordedAt -= 30 * day
    })
    expect(await find(pack)).toMatch(/^Every entry of the log .*: is dated before the entry it comes after$/)
  })

  test('with all that came before it moved as well: refused by any checkpoint that was kept', async () => {
    const pack = await rewrittenWithReceipts(made.pack, made.signer, ({ entries }) => {
      for (const entry of entries) entry.recordedAt -= 30 * day
    })
    expect(await find(pack, [made.kept])).toContain('the operator keeps two histories')
  })

  test('an event of long ago in an entry of today: receipt, claim and pack say how late it was recorded', async () => {
    const { receipt } = receiptOf(victim)
    expect(sayReceipt(receipt).says.join('\n')).toContain('recorded 92 days later, on 2018-06-12')
    const [claim] = await claimsOf(
      made.club.app,
      { kind: 'member', value: memberNo(victim) },
      (all) => all.filter((one) => one.claim === 'shown'),
      { grounds: false, checked: undefined },
    )
    const checks = await verifyClaim(Buffer.from(claim!.text), keyOf(made.signer))
    expect(checks.map(({ what }) => what).join('\n')).toContain(
      'recorded 92 days after it is said to have happened',
    )
    const { says } = await verify(made.pack, made.signer)
    expect(says.join('\n')).toContain(`${people} more than 30 days after it is said to have happened`)
  })

  test('a day in people.csv on which nothing was entered is refused, and so is one after the decision', async () => {
    const on = (recorded: string) =>
      resign((files) => changeText(files, csv(), (text) => text.replaceAll('2018-06-12,A', `${recorded},A`)))
    expect(await find(on('2018-03-12'))).toContain(
      `${csv()}, at recorded 2018-03-12: is said of ${people} people, and the log has 0 events of that day`,
    )
    expect(await find(on('2018-06-14'))).toContain(
      'recorded 2018-06-14: is after what the decision looked at',
    )
  })
})

describe('a log forked after a backup was restored', () => {
  test('is refused by what was signed before: a checkpoint, or the proof in any receipt', async () => {
    const restored = 4
    const pack = await forkedAt(restored)
    expect(await find(pack, [made.kept])).toBe(
      `The log is the same history as ${made.kept.name} | ${made.kept.name}, at root: is signed too, and the log enclosed has another root at its first ${keptSize()} entries: the operator keeps two histories`,
    )
  })

  test('without anything kept the pack says what it does not show', async () => {
    const { checks, doesNotSay } = await verify(await forkedAt(4), made.signer)
    expect(firstFailure(checks)).toBeUndefined()
    expect(doesNotSay.join('\n')).toContain('That this is the only history of the log')
  })

  test('a key that was changed since does not hide it: what the old one signed counts as well', async () => {
    const other = await clubWithPack(join(folders.path, 'rotated'))
    try {
      const { register, log } = other.club.app
      await rotateSigningKey(register, log, { why: 'planned', actor: 'dpo' })
      const signer = signerOf(register)
      const pack = await honestPack(other.club, { scope: { release: other.release } }, 'rotated.zip')
      expect(await finding(pack, signer, { kept: [other.kept] })).toBe('')
      const { checkpoint } = writeLog(entriesIn(made.pack).slice(0, 3), other.signer, () => {})
      const forked = { name: 'kept', note: Buffer.from(checkpoint) }
      expect(await finding(pack, signer, { kept: [forked] })).toContain('the operator keeps two histories')
      expect(await finding(other.pack, signer)).toContain('register.verifierKey: is not a key you trust')
    } finally {
      await other.club.close()
    }
  })

  test('a pack that ends before what was kept says so', async () => {
    const entries = entriesIn(made.pack)
    const longer = [
      ...entries,
      { ...entries.at(-1)!, position: entries.length + 1, recordedAt: entries.at(-1)!.recordedAt + 1 },
    ]
    const { checkpoint } = writeLog(longer, made.signer, () => {})
    const kept = { name: 'newer', note: Buffer.from(checkpoint) }
    const { says } = await verify(made.pack, made.signer, { kept: [kept] })
    expect(says.join('\n')).toContain('newer is of')
    expect(says.join('\n')).toContain('whether they are one history cannot be seen from here')
  })

  test('is not signed by our own code, which remembers what it signed in a second place', async () => {
    const other = await foundClub({
      home: join(folders.path, 'restored'),
      databaseUrl: await newDatabase(),
      people: 3,
    })
    try {
      const { register, log } = other.app
      await publishLog(register, log)
      await register.store.query('update register.head set position = position - 1')
      await expect(publishLog(register, log)).rejects.toMatchObject({ code: 'log.forked' })
    } finally {
      await other.close()
    }
  })

  /** As restored after entry `size`: what was lost is entered again, a little later than the first time. */
  function forkedAt(size: number): Promise<Unpacked> {
    return rewrittenWithReceipts(made.pack, made.signer, ({ entries }) => {
      for (const entry of entries.slice(size)) entry.recordedAt += 7
    })
  }

  function keptSize(): number {
    return Number(made.kept.note.toString().split('\n')[1])
  }
})

describe('bulk evidence imported after an enquiry', () => {
  let late: ClubWithPack
  const told = [3, 4, 5, 6, 7, 8]

  /** On 20 June somebody asks; on 25 June six people turn out to have been shown the notice on 1 June. */
  beforeAll(async () => {
    const club = await foundClub({
      home: join(folders.path, 'late'),
      databaseUrl: await newDatabase(),
      people,
    })
    const { register } = club.app
    club.clock.at += 13 * day
    await importShowings(club, told, club.clock.at - 24 * day)
    club.clock.at += minute
    await askAndApprove(club, 'letter')
    const { release } = await releaseRequest(await club.context(), 'letter')
    const asked = { scope: { release }, sample: { size: people, seed: 'theirs' } }
    const pack = await honestPack(club, asked, 'late.zip')
    late = { ...made, club, release, pack, signer: signerOf(register) }
  })
  afterAll(() => late.club.close())

  test('stands in the pack: how many go by it, when it came, and how much at once', async () => {
    const { checks, says } = await verify(late.pack, late.signer, { enquiry: '2018-06-20' })
    expect(firstFailure(checks)).toBeUndefined()
    const text = says.join('\n')
    expect(text).toContain(
      `${told.length} go by a showing that was entered after 2018-06-20, when the enquiry began`,
    )
    expect(text).toMatch(
      /Since the enquiry began \(2018-06-20\) the log has 6 events entered, 6 of them at once \(import, position \d+, 2018-06-25\), and 0 people enrolled\./,
    )
    expect(text).toContain('6 within 30 days')
  })

  test('entered under an earlier date it is refused, as far as the sample reaches', async () => {
    const path = `releases/${late.release}/people.csv`
    const pack = resigned(late.pack, late.signer, (files) =>
      changeText(files, path, (text) => text.replaceAll(',2018-06-25,', ',2018-06-12,')),
    )
    expect(await finding(pack, late.signer)).toMatch(
      /^The receipts say what the records considered say \| .*people\.csv, at line \d+: goes by a showing that the person’s receipt does not have/,
    )
  })

  test('said to be of the older showing it is refused in the same way', async () => {
    const path = `releases/${late.release}/people.csv`
    const pack = resigned(late.pack, late.signer, (files) =>
      changeText(files, path, (text) =>
        text.replaceAll(',2018-06-01,2018-06-25,', ',2018-03-13,2018-06-12,'),
      ),
    )
    expect(await finding(pack, late.signer)).toContain(
      'goes by a showing that the person’s receipt does not have',
    )
  })
})

describe('an approval that was never given', () => {
  /** The operator has the register's key, and nobody else's. */
  const forged = signerFromSeed(new Uint8Array(32).fill(77))

  function approveAnew(story: Story): PackDocument {
    return changeBody<ApprovalBody>(story, 'approval', (body) => {
      body.note = signNote(statementText(body.statement), { name: body.statement.approver, ...forged })
    })
  }

  test('signed by another key than is on record is refused', async () => {
    const pack = rewrite((story) => void approveAnew(story))
    expect(await find(pack)).toMatch(
      /approval\.json, at body\.note: is not signed by the key on record for its approver$/,
    )
  })

  test('with a key put on record for it, it stands in the pack when and by whom', async () => {
    const { says } = await verify(made.pack, made.signer)
    expect(says.join('\n')).toContain('with a key that dpo put on record on 2018-06-12')
  })

  test('by who asked, or for other figures, another decision, or another recipient, is refused', async () => {
    const sign = (change: (statement: ApprovalBody['statement']) => Partial<ApprovalBody['statement']>) =>
      rewrite((story) => {
        const key = signerFromSeed(new Uint8Array(32).fill(11))
        changeBody<ApprovalBody>(story, 'approval', (body) => {
          Object.assign(body.statement, change(body.statement))
          body.note = signNote(statementText(body.statement), { name: body.statement.approver, ...key })
        })
      })
    expect(await find(sign(() => ({})))).toBe('')
    const at = async (change: Parameters<typeof sign>[0]) => (await find(sign(change))).split(' | ')[1]
    expect(await at(({ mayLeave }) => ({ mayLeave: mayLeave + 1 }))).toContain(
      'body.statement.mayLeave: is not that of the decision',
    )
    expect(await at(({ decision }) => ({ decision: decision - 1 }))).toContain(
      'body.statement.decision: is not that of the decision',
    )
    expect(await at(() => ({ recipient: 'other' }))).toContain(
      'body.statement.recipient: is not that of the decision',
    )
    expect(await at(({ approvedAt }) => ({ expiresAt: approvedAt - day }))).toContain(
      'body.statement.expiresAt: had passed',
    )
    expect(await at(({ approvedAt }) => ({ approvedAt: approvedAt - 3 * day }))).toContain(
      'body.statement.approvedAt: is not when it was recorded',
    )
    expect(await at(() => ({ rule: 'sole-person' }))).toContain('body.statement.because: does not say why')
    const asker = rewrite((story) => {
      changeBody<ApproverBody>(story, 'approver', (body) => {
        body.name = 'Sam  IDRIS'
      })
    })
    expect(await find(asker)).toContain('body.statement.approver: is who asked for it')
  })

  test('alone, where the policy asks for a second person, is refused', async () => {
    const key = signerFromSeed(new Uint8Array(32).fill(11))
    const pack = rewrite((story) => {
      changeBody<ApprovalBody>(story, 'approval', (body) => {
        Object.assign(body.statement, { rule: 'sole-person', because: 'There is only one of us.' })
        body.note = signNote(statementText(body.statement), { name: body.statement.approver, ...key })
      })
      changeBody<CommittedBody>(story, 'release.committed', (body) => {
        body.approvalRule = 'sole-person'
      })
    })
    expect(await find(pack)).toMatch(/body\.approvalRule: is not the rule of the policy$/)
  })
})

describe('documents and policy', () => {
  test('a document other than the log binds is refused', async () => {
    const { path } = fileOf('decision')
    const pack = resign((files) => changeText(files, path, (text) => text.replace('Sam Idris', 'Sam Idrit')))
    expect(await find(pack)).toContain(`${path}, at body: is not the document whose hash is in the log`)
  })

  test('another decision than was approved and committed is refused', async () => {
    const pack = rewrite((story) => {
      changeBody<DecisionBody>(story, 'decision', (body) => {
        body.outcomes.deny -= 1
        body.outcomes.allow += 1
      })
    })
    expect(await find(pack)).toMatch(/body\.decisionSha256: is not the hash of the decision$/)
  })

  test('a notice with other words is refused, as its file and as what was published', async () => {
    const notice = [...made.pack.keys()].find((path) => path.startsWith('notices/'))!
    const readable = resign((files) =>
      changeText(files, notice, (text) => text.replace('your name', 'your name and address')),
    )
    expect(await find(readable)).toContain(`${notice}: is not the wording that was published`)
    const policy = [...made.pack.keys()].find((path) => path.startsWith('policy/notice/'))!
    const body = resign((files) =>
      changeText(files, policy, (text) => text.replace('your name', 'your name and address')),
    )
    expect(await find(body)).toContain(`${policy}: is not what was published`)
  })

  test('a notice published after the decision, and entered before it, is refused: the decision names all that was in force', async () => {
    const pack = rewrite((story) => {
      const document = story.documents.find(({ kind }) => kind === 'policy')!
      const rows = JSON.parse(document.body) as {
        kind: string
        name: string
        version: string
        sha256: string
      }[]
      rows.push({ kind: 'notice', name: 'form', version: '2018-06', sha256: 'a'.repeat(64) })
      document.body = canonicalJson(rows)
    })
    expect(await find(pack)).toMatch(/body\.policyHash: is not that of the policy on record before/)
  })

  test('another rule pack than was decided by is refused', async () => {
    const path = [...made.pack.keys()].find((one) => one.startsWith('packs/'))!
    const pack = resign((files) => files.set(path, Buffer.from('{}')))
    expect(await find(pack)).toContain(`${path}: is not the pack that was decided by`)
    const without = resign((files) => files.delete(path))
    expect(await find(without)).toContain(`${path}: is not there, and not named as left out`)
  })

  test('a document left out is counted by kind', async () => {
    const { path } = fileOf('feed')
    expect(path).toBe('')
    const opened = fileOf('release.opened')
    const { says } = await verify(
      resign((files) => files.delete(opened.path)),
      made.signer,
    )
    expect(says.join('\n')).toMatch(/not opened here are 1: 1 release\.opened\./)
  })

  function fileOf(kind: string): { path: string } {
    const path = [...made.pack.keys()].find((one) => one.endsWith(`-${kind}.json`)) ?? ''
    return { path }
  }
})

describe('a sample that suits the operator', () => {
  test('of other people than the seed picks is refused', async () => {
    const asked = { scope: { release: made.release }, sample: { size: 4, seed: 'a' } }
    const pack = await honestPack(made.club, asked, 'sample-a.zip')
    const other = resigned(pack, made.signer, (_files, manifest) => {
      manifest.sample!.seed = 'b'
    })
    expect(await finding(other, made.signer)).toMatch(
      /people\/\d+\/receipt\.json: is not of the person whom the seed picks here$/,
    )
    const fewer = resigned(pack, made.signer, (files) => files.delete('people/0004/receipt.json'))
    expect(await finding(fewer, made.signer)).toContain(
      'people/0004/receipt.json: is not there: the seed picks a person',
    )
    const gap = resigned(pack, made.signer, (files) => files.delete('people/0002/receipt.json'))
    expect(await finding(gap, made.signer)).toContain(
      'people/0003/receipt.json: does not follow on the receipt before it',
    )
  })

  test('a line about somebody in the sample that is not what was committed to is refused', async () => {
    const line = commitmentLine(made.pack, objector)
    const swap = commitmentLine(made.pack, victim)
    const pack = resign((files) =>
      changeText(files, csv(), (text) =>
        text.replace(line, line.replace(',deny', ',allow')).replace(swap, swap.replace(',allow', ',deny')),
      ),
    )
    expect(await find(pack)).toMatch(
      /^The receipts say .*people\.csv, at line \d+: says otherwise whether the record left/,
    )
  })
})

// --- what several of these need ----------------------------------------------------------------------------------

function relog(files: Unpacked, manifest: ReturnType<typeof manifestIn>, entries: readonly LogEntry[]): void {
  for (const path of [...files.keys()]) if (path.startsWith('log/')) files.delete(path)
  const { tree, checkpoint } = writeLog(entries, made.signer, (path, bytes) =>
    files.set(`log/${path}`, bytes),
  )
  files.set('log/checkpoint', Buffer.from(checkpoint))
  manifest.asOf.size = entries.length
  manifest.asOf.root = toHex(tree)
}

function commitmentOf(subject: number): string {
  const { register, secret } = receiptOf(subject).receipt
  const commitment = new Uint8Array(32)
  new Committer(register.id).commitSubject(subject, Buffer.from(secret, 'hex'), 0, commitment, 0)
  return toHex(commitment)
}

/** The only line of a person in people.csv. */
function commitmentLine(pack: Unpacked, subject: number): string {
  const commitment = commitmentOf(subject)
  const line = textOf(pack, csv())
    .split('\n')
    .find((one) => one.startsWith(commitment))
  if (line === undefined) throw new Error('no such line')
  return line
}

function placeAndFinding(checks: Parameters<typeof firstFailure>[0]): string {
  const failure = firstFailure(checks)
  return failure === undefined ? '' : `${placeText(failure.place)}: ${failure.found}`
}
