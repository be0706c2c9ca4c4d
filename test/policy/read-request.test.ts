// Reading requests: what they name must exist; whether they may be met is not asked here.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { instantFromIso } from '../../src/model/instant.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { readRequest } from '../../src/policy/read-request.ts'
import { caseFolder, casePolicy, edited } from './broken-policy.ts'

const policy = readPolicy(casePolicy).policy!
const folder = join(caseFolder, 'requests')
const names = readdirSync(folder).sort()
const requests = new Map(names.map((name) => [`requests/${name}`, readFileSync(join(folder, name), 'utf8')]))
const party = 'requests/1-party-2017.yaml'

test('the requests of the 2017 case are read without findings', () => {
  const read = [...requests].map(([file, text]) => readRequest(text, file, policy))
  expect(read.flatMap(({ findings }) => findings)).toEqual([])
  expect(read.map(({ request }) => request?.id)).toEqual([
    '1-party-2017',
    '1b-party-control',
    '2-party-2018',
    '3-acorn-post',
    '4-acorn-email',
    '5-acorn-post-after',
  ])
})

test('a request is the values of its file, with select kept as text', () => {
  expect(readRequest(requests.get(party)!, party, policy).request).toEqual({
    id: '1-party-2017',
    title: 'A broker asks for the list, for a party, five weeks before the election',
    dataset: 'members-2017',
    recipient: 'meridian-data',
    role: 'agent',
    onBehalfOf: ['civic-progress-party', 'groundgame-software'],
    purpose: 'political-mailing',
    channels: ['post'],
    basis: 'legitimate-interests',
    fields: [
      'parent_name',
      'home_address',
      'child_presence',
      'mother_born_on',
      'children_born_on',
      'email',
      'phone',
    ],
    select: 'marginal_area = true and child_presence = true',
    consideration: 'paid',
    agreement: 'meridian-2017',
    requestedBy: 'Lee Marsh',
    releaseAt: instantFromIso('2017-05-05T09:00:00Z'),
    useWindowDays: 40,
  })
})

test('an agreement that has expired is a matter for the decision, not a finding', () => {
  const { request } = readRequest(
    requests.get('requests/2-party-2018.yaml')!,
    'requests/2-party-2018.yaml',
    policy,
  )
  expect(request?.agreement).toBe('meridian-2017')
})

test('a zone other than UTC is read as the instant it means', () => {
  const text = requests.get(party)!.replace('2017-05-05T09:00:00Z', '2017-05-05T10:00:00+01:00')
  expect(readRequest(text, party, policy).request?.releaseAt).toBe(instantFromIso('2017-05-05T09:00:00Z'))
})

const broken: [string, string, string, RegExp, RegExp][] = [
  [
    'an unknown dataset',
    'members-2017',
    '▸members-2016',
    /no dataset `members-2016`/,
    /Did you mean `members-2017`/,
  ],
  [
    'an unknown recipient',
    'recipient: m',
    'recipient: ▸x',
    /no entity `xeridian-data`/,
    /Did you mean `meridian-data`/,
  ],
  [
    'an unknown end client',
    ', groundgame',
    ', ▸fairgame',
    /no entity `fairgame-software`/,
    /`groundgame-software`/,
  ],
  [
    'an unknown purpose',
    'political-mailing',
    '▸canvassing',
    /no purpose `canvassing`/,
    /Declare it in purposes.yaml/,
  ],
  ['an unknown agreement', 'meridian-2017', '▸meridian-2019', /no agreement `meridian-2019`/, /Did you mean/],
  [
    'an unclassified field',
    ' phone]',
    ' ▸salary]',
    /unclassified data is never shared/,
    /datasets\/members-2017.yaml/,
  ],
  ['a misspelt field', ' phone]', ' ▸fone]', /no column `fone`/, /Did you mean `phone`/],
  ['the same field twice', ' phone]', ' ▸email]', /listed twice/, /Keep it once/],
  [
    'an instant without a zone',
    '2017-05-05T09:00:00Z',
    '▸2017-05-05T09:00:00',
    /is not an instant/,
    /date, time and zone/,
  ],
  [
    'an instant that does not exist',
    '2017-05-05T',
    '▸2017-02-30T',
    /is not an instant/,
    /date, time and zone/,
  ],
  [
    'an unknown role',
    'role: agent',
    'role: ▸agnet',
    /`agnet` is not a value of `role`/,
    /Did you mean `agent`/,
  ],
  [
    'an unknown basis',
    'legitimate-interests',
    '▸legitimate-interest',
    /of `basis`/,
    /Did you mean `legitimate-interests`/,
  ],
  [
    'half a day',
    'useWindowDays: 40',
    'useWindowDays: ▸40.5',
    /`useWindowDays` must be a whole number/,
    /whole number/,
  ],
  ['an unknown key', 'basis:', '▸bases:', /unknown key `bases`/, /Did you mean `basis`/],
  [
    'an empty select',
    'marginal_area = true and child_presence = true',
    '▸""',
    /`select` is blank/,
    /remove the key/,
  ],
]

test.each(broken)('%s is found where it stands', (_, from, to, message, remedy) => {
  const { files, place } = edited(party, from, to, requests)
  const { request, findings } = readRequest(files.get(party)!, party, policy)
  expect(request).toBeUndefined()
  expect(findings).toHaveLength(1)
  expect(findings[0]!.place).toEqual(place)
  expect(findings[0]!.message).toMatch(message)
  expect(findings[0]!.remedy).toMatch(remedy)
})

test('values that look like SQL are refused as ids and stay text elsewhere', () => {
  const text = requests.get(party)!
  const asId = readRequest(
    text.replace('meridian-data', `"x'; drop table register.event; --"`),
    party,
    policy,
  )
  expect(asId.findings).toMatchObject([
    { place: { line: 3 }, message: expect.stringMatching(/is not an id/) },
  ])
  const asText = readRequest(
    text.replace('Lee Marsh', `"Lee'; drop table register.event; --"`),
    party,
    policy,
  )
  expect(asText.request?.requestedBy).toBe(`Lee'; drop table register.event; --`)
})

test('a request file whose name is no id is refused', () => {
  const { findings } = readRequest(requests.get(party)!, 'requests/My Request.yaml', policy)
  expect(findings).toMatchObject([{ place: { file: 'requests/My Request.yaml' } }])
})
