// docs/guide/policy-files.md: its examples are one policy without findings, its tables hold exactly the keys there are.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldCategories } from '../../src/model/policy.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { readRequest } from '../../src/policy/read-request.ts'
import * as schemas from '../../src/policy/schemas.ts'
import { guideExamples as examples, guide } from './guide-examples.ts'

const sections: Record<string, string> = {
  controllerFile: 'controller.yaml',
  entityFile: 'entities/',
  purposesFile: 'purposes.yaml',
  noticeFile: 'notices/',
  attributionsFile: 'attributions.yaml',
  agreementFile: 'agreements/',
  assessmentFile: 'assessments/',
  determinationFile: 'determinations/',
  datasetFile: 'datasets/',
  processingFile: 'processing.yaml',
  prohibitionsFile: 'prohibitions.yaml',
  workOrderFile: 'work-orders/',
  copyGrantFile: 'copy-grants/',
  feedsFile: 'feeds.yaml',
  requestFile: 'requests/',
}

test('every fenced block of the guide is an example with a file name', () => {
  expect(examples.size).toBe([...guide.matchAll(/^```\w+$/gm)].length)
  expect(examples.size).toBeGreaterThan(10)
})

test('the examples of the guide are one policy and its requests without findings', () => {
  const { policy, findings } = readPolicy(examples)
  expect(findings).toEqual([])
  const requests = [...examples].filter(([file]) => file.startsWith('requests/'))
  const read = requests.map(([file, text]) => readRequest(text, file, policy!))
  expect(read.flatMap((one) => one.findings)).toEqual([])
  expect(read.map(({ request }) => request)).toMatchObject([
    { id: 'spring-offers', useWindowDays: 28 },
    { id: 'court-order', useWindowDays: 14 },
  ])
})

test('every key of every schema stands in the table of its section, and no other key does', () => {
  const named = Object.entries(schemas).flatMap(([name, schema]) =>
    schema instanceof z.ZodType ? [{ name, schema }] : [],
  )
  expect(named.map(({ name }) => name).sort()).toEqual(Object.keys(sections).sort())
  for (const { name, schema } of named)
    expect(keysInTable(sections[name]!), name).toEqual(keysOf(z.toJSONSchema(schema, { io: 'input' })).sort())
})

test('the guide lists every category of data', () => {
  const sentence = /^Categories: [\s\S]*?; or your own/m.exec(guide)![0]
  expect([...sentence.matchAll(/`([^`]+)`/g)].map((match) => match[1])).toEqual([...fieldCategories])
})

test('the examples use every key of every schema', () => {
  const text = [...examples.values()].join('\n')
  for (const section of Object.values(sections))
    for (const key of keysInTable(section)) {
      const last = key.split(/[.[\]]+/).at(-1)!
      expect(text, `${section} ${key}`).toMatch(new RegExp(`(^|[\\s{,-])${last}:`, 'm'))
    }
})

function keysInTable(section: string): string[] {
  const body = guide.split(`\n## ${section}\n`)[1]!.split('\n## ')[0]!
  return [...body.matchAll(/^\| `([^`]+)` \| (?:yes|no|one of|before|for) ?/gm)]
    .map((match) => match[1]!)
    .sort()
}

type JsonSchema = { properties?: object; items?: unknown; additionalProperties?: unknown }

/** `names[].from`, `fields.*.type` */
function keysOf(schema: unknown, prefix = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties, items, additionalProperties }: JsonSchema = schema
  return [
    ...Object.entries(properties ?? {}).flatMap(([key, part]) => {
      const path = prefix === '' ? key : `${prefix}.${key}`
      return [path, ...keysOf(part, path)]
    }),
    ...keysOf(items, `${prefix}[]`),
    ...keysOf(additionalProperties, prefix === '' ? '*' : `${prefix}.*`),
  ]
}
