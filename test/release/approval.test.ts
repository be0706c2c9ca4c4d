// Who may approve what, for how long, and what of it a release believes.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { signNote } from '../../src/log/signed-note.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { ApprovalPolicy, Policy } from '../../src/model/policy.ts'
import type { ApprovalStatement, DecisionBody } from '../../src/model/release.ts'
import { statementText } from '../../src/model/statement.ts'
import type { Signer } from '../../src/register/key-ring.ts'
import { recordDecision } from '../../src/register/record-decision.ts'
import { type RegisterDocument, readDocuments, recordDocument } from '../../src/register/record-document.ts'
import type { Register } from '../../src/register/register.ts'
import { addApprover } from '../../src/release/add-approver.ts'
import { approveRequest } from '../../src/release/approve-request.ts'
import { checkApproval } from '../../src/release/check-approval.ts'
import { removeApprover } from '../../src/release/remove-approver.ts'
import { openTestRegister, type TestRegister } from '../register/test-registers.ts'

const minutes = 60_000_000
const hours = 60 * minutes
const start = instantFromIso('2018-06-12T09:00:00Z')

const dana = signerFromSeed(new Uint8Array(32).fill(1))
const lee = signerFromSeed(new Uint8Array(32).fill(2))
const stranger = signerFromSeed(new Uint8Array(32).fill(3))

let opened: TestRegister
let register: Register
let clock = start
/** One request for each test, so that none sees another's approvals. */
let request = ''
let requests = 0

beforeAll(async () => {
  opened = await openTestRegister('pglite')
  register = { ...opened.register, now: () => clock }
  await addApprover(register, { name: 'Dana Whitlock', publicKey: dana.publicKey, actor: 'test' })
  await addApprover(register, { name: 'Lee Marsh', publicKey: lee.publicKey, actor: 'test' })
})
afterAll(() => opened.dispose())
beforeEach(() => {
  // Recorded times never go back, so neither do the tests, one after the other.
  clock += 1_000 * hours
  request = `${++requests}-acorn-post`
})

function policyWith(approval?: ApprovalPolicy): Policy {
  return {
    controller: {
      id: 'baby-club',
      name: 'Baby Club',
      jurisdiction: 'uk',
      zone: 'Europe/London',
      ...(approval && { approval }),
    },
    ...{
      entities: [],
      purposes: [],
      notices: [],
      attributions: [],
      processing: [],
      prohibitions: [],
      workOrders: [],
      copyGrants: [],
      feeds: [],
      agreements: [],
      assessments: [],
      determinations: [],
      datasets: [],
    },
  }
}
const policy = policyWith()

async function decide(
  changes: Partial<DecisionBody> = {},
  requestedBy = 'Lee Marsh',
): Promise<RegisterDocument> {
  const body: DecisionBody = {
    request: {
      ...{
        id: request,
        dataset: 'members-2018',
        recipient: 'little-acorn-foods',
        role: 'controller',
        onBehalfOf: [],
      },
      ...{
        purpose: 'baby-offers',
        channels: ['post'],
        fields: ['parent_name'],
        consideration: 'none',
        requestedBy,
      },
      ...{ releaseAt: clock, useWindowDays: 28 },
    },
    ...{
      position: 1,
      releaseAt: clock,
      packs: [],
      packHashes: {},
      policyHash: '00',
      projectionVersion: 1,
      deciderVersion: 1,
      maskCodes: [],
    },
    ...{
      datasetSha256: '00',
      considered: 10,
      outcomes: { allow: 5, transform: 1, review: 1, deny: 3 },
      file: [],
      reasons: [],
    },
    ...changes,
  }
  const { position } = await recordDecision(register, { body, actor: 'test' })
  const [document] = await readDocuments(register.store, { kind: 'decision', about: request, position })
  return document!
}

const approve = (signer: Signer = dana, by: Policy = policy, as?: string) =>
  approveRequest(register, by, { request, signer, ...(as !== undefined && { as }) })
const check = (decision: RegisterDocument, by: Policy = policy, now = clock) =>
  checkApproval(register, register.store, decision, by, now)
const refused = (code: string, words: string | RegExp = /./) => ({
  code,
  detail: expect.stringMatching(words),
})

/** An approval as somebody with a hand on the register could leave it. */
async function forge(statement: ApprovalStatement, signer: Signer, signerName = statement.approver) {
  const note = signNote(statementText(statement), { name: signerName, ...signer })
  await record({ statement, note })
}
const record = (body: { statement: ApprovalStatement; note: string }) =>
  recordDocument(register, {
    kind: 'approval',
    about: request,
    body: canonicalJson({ ...body, statement: { ...body.statement } }),
    actor: 'test',
  })

describe('an approval', () => {
  test('by a second person holds, and says what was approved', async () => {
    const decision = await decide()
    const { position, statement } = await approve()
    expect(statement).toMatchObject({
      ...{
        request,
        decision: decision.position,
        mayLeave: 6,
        considered: 10,
        recipient: 'little-acorn-foods',
      },
      ...{
        approver: 'dana-whitlock',
        requestedBy: 'Lee Marsh',
        rule: 'second-person',
        register: register.registerId,
      },
    })
    expect(await check(decision)).toEqual({ position, statement })
  })

  test('is of one decision: without one nothing leaves, and a newer decision needs its own', async () => {
    const first = await decide()
    await expect(check(first)).rejects.toMatchObject(refused('approval.missing'))
    await approve()
    const second = await decide({ considered: 11 })
    await expect(check(second)).rejects.toMatchObject(
      refused(
        'approval.missing',
        `position ${first.position} was approved, this is the one at ${second.position}`,
      ),
    )
    await approve()
    await expect(check(second)).resolves.toMatchObject({ statement: { decision: second.position } })
    await expect(check(first)).resolves.toMatchObject({ statement: { decision: first.position } })
  })

  test('holds three days unless the policy says otherwise, and not a microsecond more', async () => {
    const decision = await decide()
    const { statement } = await approve()
    expect(statement.expiresAt - statement.approvedAt).toBe(72 * hours)
    await expect(check(decision, policy, statement.expiresAt - 1)).resolves.toBeDefined()
    await expect(check(decision, policy, statement.expiresAt)).rejects.toMatchObject(
      refused('approval.expired'),
    )
    clock = statement.expiresAt
    await approve()
    await expect(check(decision)).resolves.toBeDefined()
  })

  test('ends when the policy’s hours end, even if it says a later time', async () => {
    const decision = await decide()
    const { statement } = await approve()
    await forge({ ...statement, expiresAt: statement.approvedAt + 10_000 * hours }, dana)
    await expect(check(decision, policy, statement.approvedAt + 72 * hours)).rejects.toMatchObject(
      refused('approval.expired'),
    )
    const shorter = policyWith({ rule: 'second-person', validHours: 2 })
    await expect(check(decision, shorter, statement.approvedAt + 2 * hours)).rejects.toMatchObject(
      refused('approval.expired'),
    )
  })

  test('does not come back to life when the clock is put back', async () => {
    const decision = await decide()
    const { statement } = await approve()
    const before = statement.approvedAt - 6 * minutes
    await expect(check(decision, policy, before)).rejects.toMatchObject(refused('clock.back'))
    await expect(check(decision, policy, statement.approvedAt - 4 * minutes)).resolves.toBeDefined()
    clock -= 6 * minutes
    await expect(approve()).rejects.toMatchObject(refused('clock.back'))
  })

  test('given in the future, or before the decision, does not hold', async () => {
    const decision = await decide()
    const { statement } = await approve()
    const at = (approvedAt: number) =>
      forge({ ...statement, approvedAt, expiresAt: approvedAt + hours }, dana)
    await at(clock + 6 * minutes)
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'future'))
    await at(clock - 6 * minutes)
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'older'))
    await at(clock - 4 * minutes)
    await expect(check(decision)).resolves.toBeDefined()
  })

  const changes: [string, Partial<ApprovalStatement>][] = [
    ['another register', { register: '00000000-0000-0000-0000-000000000000' }],
    ['another request', { request: 'another' }],
    ['another answer', { decisionSha256: '0'.repeat(64) }],
    ['more records', { mayLeave: 7 }],
    ['fewer records considered', { considered: 9 }],
    ['another recipient', { recipient: 'snugglewell' }],
    ['another requester', { requestedBy: 'Priya Nair' }],
    ['another rule', { rule: 'sole-person', because: 'there is nobody else' }],
    ['a reason the rule does not ask for', { because: 'there is nobody else' }],
  ]
  test.each(changes)('for %s does not hold, though its approver signed it', async (_, change) => {
    const decision = await decide()
    const { statement } = await approve()
    await forge({ ...statement, ...change }, dana)
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid'))
  })

  test('that says in the register what was not signed does not hold', async () => {
    const decision = await decide()
    const { statement } = await approve()
    const note = signNote(statementText({ ...statement, mayLeave: 5 }), { name: statement.approver, ...dana })
    await record({ statement, note })
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'not what is on record'))
  })

  test('signed in another form, though by its approver, does not hold', async () => {
    const decision = await decide()
    const { statement } = await approve()
    const note = signNote(`fairshare/approval@v2\n${canonicalJson({ ...statement })}\n`, {
      name: statement.approver,
      ...dana,
    })
    await record({ statement, note })
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid'))
  })

  test('signed with a key that is not the approver’s does not hold', async () => {
    const decision = await decide()
    const { statement } = await approve()
    for (const signer of [stranger, lee]) {
      await forge(statement, signer)
      await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'did not sign'))
    }
    await forge(statement, lee, 'lee-marsh')
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'did not sign'))
  })

  test('by somebody who became an approver later does not hold', async () => {
    const decision = await decide()
    const { statement } = await approve()
    await forge({ ...statement, approver: 'sam-field' }, stranger)
    await addApprover(register, { name: 'Sam Field', publicKey: stranger.publicKey, actor: 'test' })
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'not on record when'))
    await forge({ ...statement, approver: 'sam-field' }, stranger)
    await expect(check(decision)).resolves.toMatchObject({ statement: { approver: 'sam-field' } })
  })

  test('of nothing is one, unless something waits for a review', async () => {
    const none = await decide({ outcomes: { allow: 0, transform: 0, review: 0, deny: 10 } })
    await approve()
    await expect(check(none)).resolves.toMatchObject({ statement: { mayLeave: 0 } })
    await decide({ outcomes: { allow: 0, transform: 0, review: 1, deny: 9 } })
    await expect(approve()).rejects.toMatchObject(refused('release.refused'))
  })
})

describe('who asked', () => {
  const spellings = ['Lee Marsh', 'lee  marsh', 'LEE MARSH ', 'lee-marsh', 'Ｌee Marsh']
  test.each(spellings)('does not approve, asking as %j', async (requestedBy) => {
    const decision = await decide({}, requestedBy)
    await expect(approve(lee)).rejects.toMatchObject(refused('approval.invalid', 'Lee Marsh has asked'))
    const { statement } = await approve(dana)
    await expect(check(decision)).resolves.toBeDefined()
    await forge({ ...statement, approver: 'lee-marsh' }, lee)
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'who asked'))
  })

  test('approves where the policy has nobody else, and every approval says why', async () => {
    const because = 'The club has one officer.'
    const sole = policyWith({ rule: 'sole-person', validHours: 24, because })
    const decision = await decide()
    const { statement } = await approve(lee, sole)
    expect(statement).toMatchObject({ rule: 'sole-person', because })
    await expect(check(decision, sole)).resolves.toBeDefined()
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'second-person'))
    const reworded = policyWith({ rule: 'sole-person', validHours: 24, because: 'We are few.' })
    await expect(check(decision, reworded)).rejects.toMatchObject(refused('approval.invalid', 'another rule'))
  })
})

describe('approving', () => {
  test('a request nobody has put says so', async () => {
    await expect(approve()).rejects.toMatchObject(refused('request.not_found', request))
  })

  test('needs a key on record, and the one of whoever is named', async () => {
    await decide()
    const unknown = signerFromSeed(new Uint8Array(32).fill(9))
    await expect(approve(unknown)).rejects.toMatchObject(refused('approver.not_found', 'for nobody'))
    await expect(approve(dana, policy, 'lee-marsh')).rejects.toMatchObject(
      refused('approval.invalid', 'Lee Marsh'),
    )
    await expect(approve(dana, policy, 'dana-whitlock')).resolves.toBeDefined()
  })
})

describe('an approver', () => {
  const add = (name: string, signer: Signer) =>
    addApprover(register, { name, publicKey: signer.publicKey, actor: 'test' })
  const key = (seed: number) => signerFromSeed(new Uint8Array(32).fill(seed))

  test('added again with the same key changes nothing', async () => {
    const first = await add('Zoë Ó Brien', key(20))
    expect(first).toMatchObject({ approver: { id: 'zoe-o-brien' }, replaced: undefined })
    expect(await add('zoë  ó brien', key(20))).toMatchObject({ position: undefined, replaced: undefined })
  })

  test('added again with another key signs with that one from then on, and what the old one signed is approved no more', async () => {
    const old = await add('Kim Hale', key(21))
    const decision = await decide()
    await approve(key(21))
    const renewed = await add('Kim Hale', key(22))
    expect(renewed.replaced).toBe(old.approver.verifierKey)
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'replaced'))
    await expect(approve(key(21))).rejects.toMatchObject(refused('approver.not_found'))
    const { statement } = await approve(key(22))
    await expect(check(decision)).resolves.toBeDefined()
    await forge(statement, key(21))
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'did not sign'))
  })

  test('removed approves no more, and what was approved and is not used yet counts no longer, even once back', async () => {
    await add('Jo Reed', key(26))
    const decision = await decide()
    await approve(key(26))
    const because = 'Left the company.'
    const removed = await removeApprover(register, { name: 'Jo Reed', because, actor: 'test' })
    expect(removed.approver.id).toBe('jo-reed')
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid'))
    await expect(approve(key(26))).rejects.toMatchObject(refused('approver.not_found'))
    await expect(removeApprover(register, { name: 'jo-reed', because, actor: 'test' })).rejects.toMatchObject(
      refused('approver.not_found'),
    )
    await add('Jo Reed', key(27))
    await expect(check(decision)).rejects.toMatchObject(refused('approval.invalid', 'replaced'))
  })

  test('shares neither key nor id with another', async () => {
    await add('Ann Lake', key(23))
    await expect(add('Bo Stone', key(23))).rejects.toMatchObject(refused('value.invalid', 'Ann Lake'))
    await expect(add('Ann-Lake', key(24))).rejects.toMatchObject(refused('value.invalid', 'already'))
    await expect(add('Ann-Lake', key(23))).rejects.toMatchObject(refused('value.invalid'))
  })

  test.each(['', '  ', '…', 'a\nb', '\u202eDana', 'x'.repeat(101)])('has a name: not %j', async (name) => {
    await expect(add(name, key(25))).rejects.toMatchObject(refused('value.invalid'))
  })
})
