// Vectors of docs/spec/destruction-certificate.md: certificates that hold by themselves, and what is none.
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { encodeVerifierKey, type NoteSigner, signNote } from '../../src/log/signed-note.ts'
import { type Canonical, canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import type { DestructionStatement } from '../../src/model/custody.ts'
import { bytesOf, registerId, release, signer } from './vector-world.ts'

const holder: NoteSigner = { name: 'little-acorn', ...signerFromSeed(bytesOf('the key of little acorn')) }

const statement: DestructionStatement = {
  ...{ format: 'fairshare/destruction@v1', register: registerId, of: { release }, holder: 'little-acorn' },
  recordsSha256: sha256Hex('what was sealed'),
  media: [
    {
      ...{ medium: 'Disk of the mailing server', make: 'Example', model: 'ES-960', serial: '0001' },
      ...{ place: 'Server room', loaded: 'records.csv', records: 2, method: 'purge', tool: 'nvme-cli 2.8' },
      ...{ verification: 'A tenth was read back', destination: 'kept in use' },
    },
  ],
  ...{ backups: 'none', subProcessors: [{ name: 'Print Ltd', certified: true }] },
  ...{
    destroyedAt: 1_533_137_400_000_000,
    certifiedBy: { name: 'Noor Haddad', title: 'Head of operations' },
  },
}

/** As it may say something else, or something that it may not. */
type Said = { [member: string]: unknown }

export function destructionVectors(): object {
  return {
    specification: 'docs/spec/destruction-certificate.md',
    key: encodeVerifierKey(holder.name, holder.publicKey),
    cases: [...certificates(), ...noCertificates(), ...forgeries()],
  }
}

const one = (holds: boolean, why: string, note: string) => ({ holds, why, note })
const said = (change: Said = {}) => ({ ...statement, ...change }) as unknown as Canonical
const text = (value: Canonical, format: string = statement.format) => `${format}\n${canonicalJson(value)}\n`
const sign = (written: string, by = holder) => signNote(written, by)
const medium = (change: Said) => ({ media: [{ ...statement.media[0]!, ...change }] })
const without = (name: string) =>
  Object.fromEntries(Object.entries(said() as object).filter(([key]) => key !== name)) as Canonical

function certificates() {
  const { make: _1, model: _2, serial: _3, ...bare } = statement.media[0]!
  const copy = { ...(without('recordsSha256') as object), of: { copy: 'c12' } } as Canonical
  return [
    one(true, 'of a release', sign(text(said()))),
    one(true, 'of a copy, without a hash', sign(text(copy))),
    one(true, 'with backups still to go', sign(text(said({ backups: { goneBy: 20180930 } })))),
    one(true, 'with backups gone on the very day', sign(text(said({ backups: { goneBy: 20180801 } })))),
    one(true, 'without make, model and serial', sign(text(said({ media: [bare] })))),
    one(true, 'with a sub-processor that has not certified', sign(text(said(uncertified)))),
    one(true, 'with a text of 500 characters', sign(text(said(medium({ loaded: '\u{1f5c4}'.repeat(500) }))))),
  ]
}

const uncertified = { subProcessors: [{ name: 'Print Ltd', certified: false }] }

function noCertificates() {
  const wrong: [string, Said][] = [
    ['of a release, without a hash', { recordsSha256: undefined }],
    ['of nothing', { of: {} }],
    ['of a release and a copy', { of: { release, copy: 'c1' } }],
    ['of a copy without a number', { of: { copy: 'c0' } }],
    ['of a release id of two lines', { of: { release: '4-acorn\npost' } }],
    ['without a medium', { media: [] }],
    ['by a method that is none', medium({ method: 'delete' })],
    ['with half a record', medium({ records: -1 })],
    ['with an empty text', medium({ tool: '' })],
    ['with a text of spaces', medium({ tool: ' ' })],
    ['with a text of two lines', medium({ place: 'here\nand there' })],
    ['with a text that runs backwards', medium({ place: '\u202e here' })],
    ['with a text of 501 characters', medium({ loaded: 'x'.repeat(501) })],
    ['with a member of a medium that is not known', medium({ weight: 1 })],
    ['with backups gone before', { backups: { goneBy: 20180731 } }],
    ['with a day that does not exist', { backups: { goneBy: 20180931 } }],
    ['with a day out of range', { backups: { goneBy: 22010101 } }],
    ['with backups of another kind', { backups: 'some' }],
    ['with a time as text', { destroyedAt: '2018-08-01' }],
    ['for a register that is none', { register: 'ours' }],
    ['with a member that is not known', { more: 1 }],
  ]
  return wrong.map(([why, change]) => {
    const changed = Object.entries(said(change) as object).filter(([, value]) => value !== undefined)
    return one(false, why, sign(text(Object.fromEntries(changed) as Canonical)))
  })
}

function forgeries() {
  const members = Object.keys(statement).filter((name) => name !== 'recordsSha256')
  return [
    ...members.map((name) => one(false, `without ${name}`, sign(text(without(name))))),
    one(false, 'signed by the register', sign(text(said()), signer)),
    one(false, 'cleared and not purged, after it was signed', sign(text(said())).replace('purge', 'clear')),
    one(false, 'with white space', sign(text(said()).replace('"records":2', '"records": 2'))),
    one(false, 'of a format that is not known', sign(text(said(), 'fairshare/destruction@v2'))),
    one(false, 'of two formats', sign(text(said({ format: 'fairshare/destruction@v2' })))),
    one(false, 'with a line more', sign(`${text(said())}more\n`)),
  ]
}
