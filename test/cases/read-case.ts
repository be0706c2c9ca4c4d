// A folder of `test/cases/` → a case, or everything that is wrong with its files, each with file and line.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import type { Standing } from '../../src/decide/standing.ts'
import { dateFromIso } from '../../src/model/instant.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { Finding } from '../../src/model/problem.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { checkShape } from '../../src/policy/check-shape.ts'
import { mergeOverlay, type PolicyFiles } from '../../src/policy/merge-overlay.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { readRequest } from '../../src/policy/read-request.ts'
import { readYaml } from '../../src/policy/read-yaml.ts'
import { folderFiles } from '../policy/folder-files.ts'
import {
  type CaseHead,
  type CasePeople,
  type CaseStanding,
  caseFile,
  type Expectation,
  type Expectations,
  expectFile,
  peopleFile,
  standingFile,
} from './case-shapes.ts'

export type Case = {
  slug: string
  head: CaseHead
  policy: Policy
  /** One for each way the question is put, whose id it has, and each instant of release. */
  requests: readonly SharingRequest[]
  standing: Standing
  people: CasePeople
  expect: Expectations
}

const root = fileURLToPath(new URL('.', import.meta.url))

/** Every folder but `_base`, whether or not it holds what a case needs. */
export function caseFolders(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== '_base')
    .map(({ name }) => name)
    .sort()
}

export function readCase(slug: string): Case {
  const folder = join(root, slug)
  const strangers = readdirSync(folder).filter((name) => !partNames.includes(name))
  if (strangers.length > 0)
    throw new Error(`${slug}: a case has no ${strangers.join(', ')}; it has ${partNames.join(', ')}`)
  const head = readPart(slug, 'case.yaml', caseFile)
  const policy = policyOf(slug, head)
  const asked = requestsOf(slug, head, policy)
  const read: Case = {
    slug,
    head,
    policy,
    requests: asked.flatMap((request) =>
      (head.at ?? [request.releaseAt]).map((releaseAt) => ({ ...request, releaseAt })),
    ),
    standing: standingOf(slug, head),
    people: readPart(slug, 'people.yaml', peopleFile),
    expect: readPart(slug, 'expect.yaml', expectFile),
  }
  checkTogether(read)
  return read
}

const partNames = ['case.yaml', 'policy', 'people.yaml', 'request.yaml', 'standing.yaml', 'expect.yaml']

function readPart<S extends z.ZodType>(slug: string, name: string, schema: S): z.output<S> {
  const path = join(root, slug, name)
  if (!existsSync(path)) throw new Error(`${slug}: there is no ${name}`)
  return readDeclared(`${slug}/${name}`, readFileSync(path, 'utf8'), schema)
}

function readDeclared<S extends z.ZodType>(file: string, text: string, schema: S): z.output<S> {
  const yaml = readYaml(file, text)
  if (yaml.value === undefined) throw new Error(told(yaml.findings))
  const shape = checkShape(schema, yaml.value)
  if (shape.findings.length > 0) throw new Error(told(shape.findings))
  return shape.value as z.output<S>
}

/** Policies of bases that a case takes as they are: most of the time would go into reading them again. */
const plainPolicies = new Map<string, Policy>()

function policyOf(slug: string, { base }: CaseHead): Policy {
  const folders = base.map((name) => join(root, '_base', name))
  const missing = folders.filter((folder) => !existsSync(folder))
  if (missing.length > 0) throw new Error(`${slug}: no such base: ${base.join(', ')}`)
  const own = join(root, slug, 'policy')
  const known = existsSync(own) ? undefined : plainPolicies.get(base.join())
  if (known !== undefined) return known
  const layers = [...folders, ...(existsSync(own) ? [own] : [])].map(withoutStanding)
  const { policy, findings } = readPolicy(layers.reduce(mergeOverlay))
  if (policy === undefined) throw new Error(`${slug}: its policy\n${told(findings)}`)
  if (!existsSync(own)) plainPolicies.set(base.join(), policy)
  return policy
}

function withoutStanding(folder: string): PolicyFiles {
  const files = new Map(folderFiles(folder))
  files.delete('standing.yaml')
  return files
}

/** The request, or one for each of `asks`: the keys it says in place of the request's. */
function requestsOf(slug: string, { asks }: CaseHead, policy: Policy): SharingRequest[] {
  const path = join(root, slug, 'request.yaml')
  if (!existsSync(path)) throw new Error(`${slug}: there is no request.yaml`)
  const text = readFileSync(path, 'utf8')
  if (asks === undefined) return [requestFrom(text, slug, slug, policy)]
  const common = readYaml(`${slug}/request.yaml`, text).value?.value as Record<string, unknown>
  return Object.entries(asks).map(([name, instead]) => {
    const keys = Object.entries({ ...common, ...instead }).filter(([, value]) => value !== null)
    return requestFrom(JSON.stringify(Object.fromEntries(keys)), name, slug, policy)
  })
}

function requestFrom(text: string, name: string, slug: string, policy: Policy): SharingRequest {
  const { request, findings } = readRequest(text, `${name}.yaml`, policy)
  if (request === undefined) throw new Error(`${slug}: its request\n${told(findings)}`)
  return request
}

/** The case's own, else that of its last base that has one: what a register in good order knows. */
function standingOf(slug: string, { base }: CaseHead): Standing {
  const places = [slug, ...[...base].reverse().map((name) => `_base/${name}`)]
  const place = places.find((one) => existsSync(join(root, one, 'standing.yaml')))
  if (place === undefined) throw new Error(`${slug}: neither it nor its base has a standing.yaml`)
  const file = `${place}/standing.yaml`
  return standingFrom(readDeclared(file, readFileSync(join(root, file), 'utf8'), standingFile))
}

function standingFrom({
  releases,
  copies,
  closedOrders,
  feeds,
  recipientKey,
  approvedBy,
}: CaseStanding): Standing {
  return {
    releases: releases.map(({ agreement, deleteBy, ...release }) => ({
      ...release,
      agreement,
      deleteBy: deleteBy === undefined ? undefined : dateFromIso(deleteBy),
    })),
    copies: copies.map(({ deleteBy, ...copy }) => ({ ...copy, deleteBy: dateFromIso(deleteBy) })),
    closedOrders: new Set(closedOrders),
    feeds: new Map(Object.entries(feeds)),
    recipientKey,
    approvedBy,
  }
}

/** What is expected of one of a case's requests. */
export function expectedOf({ expect: { but, ...all } }: Case, { id }: SharingRequest): Expectation {
  const instead = but[id]
  return {
    file: instead?.file ?? all.file,
    cleared: instead?.cleared ?? all.cleared,
    people: { ...all.people, ...instead?.people },
  }
}

/** What only several files together can have wrong. */
function checkTogether({ slug, head, people, expect, policy, requests }: Case): void {
  const wrong: string[] = []
  const names = Object.keys(people)
  const expected = Object.keys(expect.people)
  if (names.length === 0) wrong.push('people.yaml names nobody')
  for (const name of names)
    if (!expected.includes(name)) wrong.push(`nothing is expected of ${name}, who is in people.yaml`)
  for (const name of expected)
    if (!names.includes(name)) wrong.push(`something is expected of ${name}, who is not in people.yaml`)
  for (const [ask, { people: otherwise }] of Object.entries(expect.but)) {
    if (head.asks?.[ask] === undefined)
      wrong.push(`something is expected of ${ask}, which is not among the asks`)
    for (const name of Object.keys(otherwise))
      if (!names.includes(name)) wrong.push(`something is expected of ${name}, who is not in people.yaml`)
  }
  const controls = names.filter((name) => people[name]?.control === true)
  for (const name of controls) {
    const outcome = expect.people[name]?.outcome
    if (outcome === 'deny' || outcome === 'review')
      wrong.push(`${name} is a control, who must not be refused, and ${outcome} is expected`)
  }
  const holding = expect.file.filter((code) => !expect.cleared.includes(code))
  if (controls.length > 0 && holding.length > 0)
    wrong.push(
      `${controls.join(', ')} cannot be controls: the file itself is held back by ${holding.join(', ')}`,
    )
  if (controls.length === 0 && head.noControl === undefined)
    wrong.push('nobody is a control: mark one `control: true`, or say `noControl: because …` in case.yaml')
  if (controls.length > 0 && head.noControl !== undefined)
    wrong.push('case.yaml says why there is no control, and there is one')
  const columns = policy.datasets
    .find(({ id }) => id === requests[0]?.dataset)
    ?.fields.map(({ name }) => name)
  for (const [name, person] of Object.entries(people))
    for (const column of Object.keys(person.columns))
      if (columns?.includes(column) !== true)
        wrong.push(`${name} has a column ${column}, which the dataset has not`)
  for (const [name, { fields }] of Object.entries(expect.people))
    for (const field of Object.keys(fields))
      if (requests[0]?.fields.includes(field) !== true)
        wrong.push(`of ${name} the field ${field} is expected, which the request does not ask for`)
  if (wrong.length > 0) throw new Error(`${slug}:\n${wrong.map((line) => `  ${line}`).join('\n')}`)
}

function told(findings: readonly Finding[]): string {
  return findings
    .map(({ place, message, remedy }) => `  ${place.file}:${place.line ?? 1}: ${message}. ${remedy}`)
    .join('\n')
}
