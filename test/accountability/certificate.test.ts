// The recipient's certificate: that it verifies, that the recipient opens it with a program that is not ours, and that every
// row in it is one that was delivered.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstFailure } from '../../src/evidence/check.ts'
import { encodeVerifierKey, parseVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import { type Certificate, certificateSignedText } from '../../src/model/certificate.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { verifyCertificateAt, writeCertificate } from '../../src/service/certificate.ts'
import { verifyPath } from '../../src/service/verify-path.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  foundClub,
  minute,
  open,
  statement,
} from '../release/small-club.ts'

const folders = newFolder('certificate')
const at = (name: string) => join(folders.path, name)
let club: Club
let release: string
let delivered: { refs: string[]; subjects: number[] }
let certificate: Certificate

/** 2 says stop before the check, 3 after the delivery. */
beforeAll(async () => {
  club = await foundClub({ home: at('club'), databaseUrl: await newDatabase(), people: 12 })
  await stop(2)
  club.clock.at += minute
  await askAndApprove(club, 'letter')
  const made = await releaseRequest(await club.context(), 'letter')
  release = made.release
  delivered = await open(club, made.folder!, at('opened'))
  await stop(3)
  certificate = await write('whole')
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

const stop = (subject: number) =>
  objectToProcessing(club.app.register, { ...statement(subject, club.clock.at), qualifier: 'marketing' })
const write = (name: string) => writeCertificate(club.app, release, { out: at(name), onStep: () => {} })
const key = () => encodeVerifierKey(club.app.register.logOrigin, club.app.register.keys.signer.publicKey)
const failure = async (name: string, own = club.keys) =>
  firstFailure((await verifyCertificateAt(at(name), [parseVerifierKey(key())], own)).checks)

function opened(name: string): string[] {
  const identity = at('identity.txt')
  writeFileSync(identity, `${club.keys.identities[0]}\n`, { mode: 0o600 })
  const plain = execFileSync('age', ['-d', '-i', identity, join(at(name), 'rows.csv.age')])
  return plain.toString('utf8').split('\r\n')
}

test('the recipient opens the rows with age, and finds each row it got, in order, with notice and date', () => {
  const [header, ...lines] = opened('whole')
  expect(header).toBe('fairshare_ref,notice,shown,grade')
  expect(lines.pop()).toBe('')
  expect(lines).toEqual(delivered.refs.map((ref) => `${ref},form@2017-01,2018-03-12,A`))
  expect(delivered.subjects).not.toContain(2)
})

test('it says by which notice, how the recipient is named in it, and under which hash', () => {
  expect(certificate).toMatchObject({
    ...{ release, rows: 11, erased: 0, recipient: { id: 'acorn', name: 'Little Acorn Foods Ltd' } },
    notices: [
      {
        ...{ notice: 'form@2017-01', names: 'name', rows: 11, grades: { A: 11, B: 0, C: 0 } },
        ...{ shownFrom: '2018-03-12', shownTo: '2018-03-12' },
      },
    ],
  })
  const manifest = readFileSync(
    join(club.app.configuration.home, 'outbox', 'acorn', release, 'manifest.json'),
  )
  expect(JSON.parse(manifest.toString()).roots).toEqual(certificate.roots)
})

test('it verifies, without the keys of the recipient all but the rows', async () => {
  expect(await failure('whole')).toBeUndefined()
  const without = await verifyPath(at('whole'), { key: key(), identity: undefined })
  expect(without).toMatchObject({ what: 'certificate', left: expect.stringContaining('--identity') })
  expect(firstFailure(without.checks)).toBeUndefined()
})

test('nobody’s name, address or number is in it, opened or not', () => {
  const texts = ['certificate.json', 'certificate.json.sig', 'rows.csv.age'].map((file) =>
    readFileSync(join(at('whole'), file), 'latin1'),
  )
  for (const text of [...texts, opened('whole').join('\n')])
    for (const canary of canaries) expect(text.includes(canary)).toBe(false)
})

describe('what holds under the register’s key, and is not said to be so', () => {
  const forged = async (name: string, change: Partial<Certificate>) => {
    cpSync(at('whole'), at(name), { recursive: true })
    const text = canonicalJson({ ...certificate, ...change })
    writeFileSync(join(at(name), 'certificate.json'), text)
    writeFileSync(
      join(at(name), 'certificate.json.sig'),
      signNote(certificateSignedText(release, sha256Hex(text)), {
        name: club.app.register.logOrigin,
        ...club.app.register.keys.signer,
      }),
    )
    const { checks, doesNotSay } = await verifyPath(at(name), { key: key(), identity: undefined })
    expect(firstFailure(checks)).toBeUndefined()
    return doesNotSay?.join('\n')
  }

  test('another notice, hash, date and name of the recipient', async () => {
    const [notice] = certificate.notices
    const false_ = { sha256: 'f'.repeat(64), notice: 'another@1', shownFrom: '1999-01-01' }
    const said = await forged('false', {
      notices: [{ ...notice!, ...false_ }],
      recipient: { ...certificate.recipient, name: 'Somebody Else' },
    })
    expect(said).toMatch(/by which notice, when and on what evidence is the sender’s word/)
    expect(said).toMatch(/That a notice has this hash/)
    expect(said).toMatch(/bears this legal name/)
    expect(said).not.toMatch(/erased since/)
  })

  test('that all were erased', async () => {
    const said = await forged('gone', { rows: 0, erased: certificate.rows, notices: [] })
    expect(said).toContain(
      'Anything about 11 rows of the 11 delivered: the sender says that their people were erased',
    )
    expect(said).toContain('Nothing here shows an erasure')
  })

  test('of what does not hold nothing is said', async () => {
    cpSync(at('whole'), at('broken'), { recursive: true })
    writeFileSync(join(at('broken'), 'rows.csv.age'), 'x')
    expect(
      (await verifyCertificateAt(at('broken'), [parseVerifierKey(key())], club.keys)).doesNotSay,
    ).toEqual([])
  })
})

describe('refused is', () => {
  test.each(['certificate.json', 'certificate.json.sig', 'rows.csv.age'])(
    'any other byte in %s',
    async (file) => {
      const whole = readFileSync(join(at('whole'), file))
      for (let place = 0; place < whole.length; place += Math.max(1, Math.floor(whole.length / 40))) {
        const name = `${file}-${place}`
        cpSync(at('whole'), at(name), { recursive: true })
        const bytes = Buffer.from(whole)
        bytes[place]! ^= 1
        writeFileSync(join(at(name), file), bytes)
        expect(await failure(name), `byte ${place} of ${file}`).toBeDefined()
      }
    },
  )

  test('a certificate whose register nobody vouched for', async () => {
    const stranger = parseVerifierKey(encodeVerifierKey('stranger', new Uint8Array(32).fill(9)))
    const { checks } = await verifyCertificateAt(at('whole'), [stranger], undefined)
    expect(firstFailure(checks)).toMatchObject({ untrusted: key() })
  })
})

test('whoever was erased since has no line, and is counted', async () => {
  await club.app.register.store.query('delete from erasable.secret where subject = $1', [
    delivered.subjects[4],
  ])
  expect(await write('after')).toMatchObject({ rows: 10, erased: 1, notices: [{ rows: 10 }] })
  expect(
    opened('after')
      .slice(1, -1)
      .map((line) => line.slice(0, 16)),
  ).toEqual(delivered.refs.filter((_, index) => index !== 4))
  expect(await failure('after')).toBeUndefined()
})

test('of what was not delivered there is none, nor over a folder that is there; nothing is left of the attempt', async () => {
  await expect(write('whole')).rejects.toMatchObject({ code: 'out.exists' })
  await expect(
    writeCertificate(club.app, 'nothing@1', { out: at('none'), onStep: () => {} }),
  ).rejects.toMatchObject({ code: 'release.not_found' })
  expect([existsSync(at('none')), existsSync(at('none.part'))]).toEqual([false, false])
})
