// `receipt` and `who-has` over a data folder: kept trees and files of verdicts included.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openOutboxFolder } from '../../src/adapters/files/outbox-folder.ts'
import type { Command, Invocation } from '../../src/cli/command.ts'
import { keysListCommand } from '../../src/cli/commands/keys-list.ts'
import { proveCommand } from '../../src/cli/commands/prove.ts'
import { receiptCommand } from '../../src/cli/commands/receipt.ts'
import { whoHasCommand } from '../../src/cli/commands/who-has.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { verifyClaim } from '../../src/evidence/verify-claim.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import type { ReleaseClaim } from '../../src/model/claim.ts'
import type { PersonReceipt } from '../../src/model/person-receipt.ts'
import { maskColumns } from '../../src/release/verdict-table.ts'
import { type Configuration, configurationFrom } from '../../src/service/configuration.ts'
import { registerExists } from '../../src/service/read-status.ts'
import { useApp } from '../../src/service/use-app.ts'
import { createDatabase } from '../postgres-server.ts'
import { commit, fillRegister, record, seal } from './small-register.ts'

const home = mkdtempSync(join(tmpdir(), 'fairshare-rights-'))
let configuration: Configuration
const release = '3-post@5'
const masks = maskColumns.map((_, word) => (word === 0 ? 1 : 0))
const rows = [
  { subject: 1, verdict: { outcome: 3, fields: 3, masks: masks.map(() => 0) } },
  { subject: 2, verdict: { outcome: 0, fields: 0, masks } },
]

beforeAll(async () => {
  const databaseUrl = await createDatabase(
    inject('postgresUrl'),
    `rights_${process.pid}`,
    'register_template',
  )
  configuration = configurationFrom({ DATABASE_URL: databaseUrl }, { home: join(home, 'data') })
  await useApp(configuration, async ({ register, engine }) => {
    await fillRegister(register)
    await commit(register, release, [1])
    const files = await seal(register, release, rows, [1])
    const outbox = openOutboxFolder({ home: configuration.home })
    for (const name of ['released', 'decided'] as const) {
      const tree = await files.openTree(release, name)
      await outbox.keepTree(release, name, [await tree!.readAt(0, tree!.sizeBytes)])
    }
    const values = rows.map(
      ({ subject, verdict }, ordinal) =>
        `(${ordinal}, ${subject}, ${verdict.fields}, ${verdict.masks.join(', ')}, ${verdict.outcome})`,
    )
    await engine.writeParquet(
      `select * from (values ${values.join(', ')}) t(ordinal, subject, fields, ${maskColumns.join(', ')}, outcome)`,
      join(configuration.home, 'decisions', `${release}.parquet`),
    )
    await record(register, 'release.delivered', release, { folder: 'somewhere' })
  })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function run(command: Command, options: Invocation['options']) {
  let printed = ''
  const out = { write: (text: string) => (printed += text) }
  const terminal = openTerminal(out, { write: () => {} })
  const exit = await command.run({ options, arguments: [], terminal, configuration })
  return { printed, exit }
}

test('a receipt is written for its owner alone, with what was decided, and verifies', async () => {
  const out = join(home, 'receipt.json')
  const { printed } = await run(receiptCommand, { person: 'member:M-2', out })
  expect(printed).toContain('1 event, 1 release')
  expect(printed).not.toContain('M-2')
  const { register } = JSON.parse(readFileSync(out, 'utf8')) as PersonReceipt
  expect(printed).toContain(`fairshare verify "${out}" --key "${register.verifierKey}"\n`)
  expect(statSync(out).mode & 0o777).toBe(0o600)
  const bytes = readFileSync(out)
  const receipt = JSON.parse(bytes.toString('utf8')) as PersonReceipt
  expect(firstFailure(await verifyPersonReceipt(bytes, receipt.register.verifierKey))).toBeUndefined()
  expect(receipt.releases[0]!.rows[0]!.verdict?.words).toEqual({ outcome: 'deny', reasons: ['S301'] })
  expect(printed).not.toContain(receipt.secret)
  await expect(run(receiptCommand, { person: 'member:M-2', out })).rejects.toMatchObject({
    code: 'out.exists',
  })
  expect(readFileSync(out)).toEqual(bytes)
})

test('a ground stays closed unless it is asked for', async () => {
  const closed = await run(receiptCommand, { person: 'member:M-3', out: join(home, 'closed.json') })
  expect(closed.printed).toContain('4 events (1 not opened: --grounds opens all)')
  expect(readFileSync(join(home, 'closed.json'), 'utf8')).not.toMatch(/safety/)
  const opened = await run(receiptCommand, {
    person: 'member:M-3',
    out: join(home, 'opened.json'),
    grounds: true,
  })
  expect(opened.printed).toContain('4 events, ')
  expect(readFileSync(join(home, 'opened.json'), 'utf8')).toMatch(/"qualifier":"safety"/)
})

test('as JSON it says where the receipt is, and nothing of what is in it', async () => {
  const out = join(home, 'another.json')
  const { printed } = await run(receiptCommand, { person: 'member:M-1', out, json: true })
  expect(JSON.parse(printed)).toEqual({
    file: out,
    sizeBytes: statSync(out).size,
    subject: 1,
    events: 0,
    notOpened: 0,
    releases: 1,
    verifierKey: expect.stringMatching(/^fairshare\.local\//),
  })
})

test('who-has tells the recipient; nobody has a record that was only considered', async () => {
  const told = await run(whoHasCommand, { person: 'member:M-1' })
  expect(told.exit).toBe(0)
  expect(told.printed).toContain('Acorn Ltd\n  for      Offers for babies.')
  expect(told.printed).toContain('what     name (in some rows empty) and born on (year only)\n')
  const { printed } = await run(whoHasCommand, { person: 'member:M-1', json: true })
  expect(JSON.parse(printed).disclosures).toMatchObject([
    {
      release,
      state: 'delivered',
      recipient: { name: 'Acorn Ltd' },
      deleteBy: expect.stringMatching(/^\d{4}-/),
    },
  ])
  expect((await run(whoHasCommand, { person: 'member:M-2' })).printed).toMatch(/^Nobody/)
})

test('a receipt says how it was checked who asked, and refuses what cannot be said', async () => {
  const out = join(home, 'checked.json')
  await run(receiptCommand, { person: 'member:M-1', out, checked: 'passport shown at the desk' })
  const { issued } = JSON.parse(readFileSync(out, 'utf8')) as PersonReceipt
  expect(issued).toEqual({
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    checked: 'passport shown at the desk',
  })
  for (const command of [receiptCommand, proveCommand])
    for (const checked of ['', 'two\nlines'])
      await expect(
        run(command, { person: 'member:M-1', out: join(home, 'x.json'), all: true, checked }),
      ).rejects.toMatchObject({ code: 'usage.invalid' })
})

test('a claim says of one release that a record was withheld, and why; or no more than that it was not in it', async () => {
  const why = join(home, 'withheld.json')
  const { printed } = await run(proveCommand, { person: 'member:M-2', release, out: why })
  expect(printed).toContain('Because, in the register’s words: S301')
  expect(printed).toContain('holds the secret that opens what the public log says of this person')
  const bare = join(home, 'not-released.json')
  await run(proveCommand, { person: 'member:M-2', release, out: bare, 'without-reasons': true })
  for (const [file, kind] of [
    [why, 'withheld'],
    [bare, 'not-released'],
  ] as const) {
    const bytes = readFileSync(file)
    const claim = JSON.parse(bytes.toString('utf8')) as ReleaseClaim
    expect(claim.claim).toBe(kind)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(firstFailure(await verifyClaim(bytes, claim.register.verifierKey))).toBeUndefined()
    expect(printed).not.toContain(claim.secret)
  }
  expect(readFileSync(bare, 'utf8')).not.toContain('S301')
})

test('every claim there is goes into a folder of its own, once', async () => {
  const out = join(home, 'claims')
  const { printed } = await run(proveCommand, { person: 'member:M-2', all: true, out, json: true })
  const { claims } = JSON.parse(printed) as { claims: { file: string; claim: string }[] }
  expect(claims.map(({ claim }) => claim)).toEqual(['answered', 'withheld'])
  expect(readdirSync(out).sort()).toEqual(claims.map(({ file }) => file.slice(out.length + 1)).sort())
  await expect(run(proveCommand, { person: 'member:M-2', all: true, out })).rejects.toMatchObject({
    code: 'out.exists',
  })
})

test('what can be proved is listed, as text and as JSON', async () => {
  const { printed } = await run(proveCommand, { person: 'member:M-1', json: true })
  expect(JSON.parse(printed)).toEqual({
    provable: [
      {
        claim: 'released',
        option: `--release ${release}`,
        release,
        says: expect.stringContaining('was in release'),
      },
    ],
  })
  const told = await run(proveCommand, { person: 'member:M-3' })
  expect(told.printed).toContain(`  --release ${release}\n      This person’s record was not in release`)
  expect(told.printed).toContain('1 more, which would say why this person must not be contacted')
})

test.each([receiptCommand, whoHasCommand, proveCommand])(
  '$name of a stranger is a person nobody enrolled',
  async (command) => {
    await expect(run(command, { person: 'member:M-99', out: join(home, 'none.json') })).rejects.toMatchObject(
      {
        code: 'person.not_found',
        detail: expect.not.stringContaining('M-99'),
      },
    )
  },
)

test('an empty database holds no register, and what only reads makes none there', async () => {
  const databaseUrl = await createDatabase(inject('postgresUrl'), `empty_${process.pid}`)
  const empty = configurationFrom({ DATABASE_URL: databaseUrl }, { home: join(home, 'empty') })
  const terminal = openTerminal({ write: () => true }, { write: () => true })
  const list = keysListCommand.run({ options: {}, arguments: [], terminal, configuration: empty })
  await expect(list).rejects.toMatchObject({ code: 'register.missing' })
  expect(existsSync(empty.home)).toBe(false)
  expect([await registerExists(empty), await registerExists(configuration)]).toEqual([false, true])
})
