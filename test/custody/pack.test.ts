// The certificate of destruction in an evidence pack: held against what was sealed, and told apart from somebody's word; an
// operator that records a certificate nobody signed makes a pack that does not hold.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { encodeVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { type Canonical, canonicalJson } from '../../src/model/canonical.ts'
import type { DestructionStatement } from '../../src/model/custody.ts'
import { statementText } from '../../src/model/statement.ts'
import { recordDocument } from '../../src/register/record-document.ts'
import { readRelease } from '../../src/release/read-release.ts'
import { receiveDestruction } from '../../src/release/receive-destruction.ts'
import { recordDestruction } from '../../src/release/record-destruction.ts'
import { whoHas } from '../../src/rights/who-has.ts'
import { writeEvidencePack } from '../../src/service/evidence-pack.ts'
import { verifyPath } from '../../src/service/verify-path.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { type Club, foundClub, hour } from '../release/small-club.ts'
import { certified, contractorPolicy, grant, release, takenAway } from './contractor-club.ts'

const folders = newFolder('custody-pack')
const stranger = { name: 'acorn', ...signerFromSeed(new Uint8Array(32).fill(99)) }
let club: Club
let made: string
let signed: { statement: DestructionStatement; certificate: string }

beforeAll(async () => {
  const policy = { ...contractorPolicy, copyGrants: [grant] }
  club = await foundClub({
    databaseUrl: await newDatabase(),
    home: join(folders.path, 'club'),
    people: 10,
    policy,
  })
  made = await release(club, 'repair', takenAway)
  const { folder } = (await readRelease(club.app.register.store, made)).delivered!.body
  club.clock.at += hour
  signed = await certified(club, { folder })
  club.clock.at += hour
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

/** What a person in the release is told of its end. */
async function toldToPerson() {
  const [disclosure] = (await whoHas(club.app.register, 1)).disclosures
  return disclosure?.destroyed
}

let packs = 0
async function packed() {
  const out = join(folders.path, `pack-${++packs}.zip`)
  await writeEvidencePack(club.app, { scope: { release: made } }, { out, page: () => '', onStep: () => {} })
  const { logOrigin, keys } = club.app.register
  const key = encodeVerifierKey(logOrigin, keys.signer.publicKey)
  const { checks, says = [] } = await verifyPath(out, { key, identity: undefined })
  return { failure: firstFailure(checks), says: says.filter((line) => /destr/.test(line)) }
}

test('somebody’s word is told as that, and a certificate as what the recipient signed', async () => {
  await recordDestruction(club.app.register, { release: made, evidence: 'a call', by: 'Noor', actor: 'dpo' })
  expect(await packed()).toMatchObject({
    failure: undefined,
    says: [expect.stringContaining('on the word of Noor; the recipient signed nothing that is enclosed')],
  })
  expect(await toldToPerson()).toMatchObject({ isSigned: false })
  await receiveDestruction(club.app.register, signed.certificate, 'dpo')
  expect(await toldToPerson()).toMatchObject({ isSigned: true })
  const { failure, says } = await packed()
  expect(failure).toBeUndefined()
  expect(says).toHaveLength(2)
  expect(says[1]).toContain(
    'the recipient signed, by Noor Haddad, that it destroyed it on 2018-06-12 on 1 medium',
  )
})

test('a certificate that the operator wrote itself makes a pack that does not hold', async () => {
  const forged = signNote(statementText(signed.statement), stranger)
  const body = {
    ...{ release: made, evidence: 'x', by: 'Noor Haddad' },
    certificate: { statement: signed.statement, note: forged },
  }
  await recordDocument(club.app.register, {
    ...{ kind: 'destroyed', about: made, actor: 'dpo' },
    body: canonicalJson(body as unknown as Canonical),
  })
  expect((await packed()).failure).toMatchObject({
    place: { at: 'body.certificate.note' },
    found: expect.stringContaining('signed by the key of the recipient'),
  })
})
