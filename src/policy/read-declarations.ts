// Policy files → declarations, each of the right shape and with its places; nothing is compared across files yet.
import type { z } from 'zod'
import type { WorkOrder } from '../model/custody.ts'
import { dateToIso } from '../model/instant.ts'
import type {
  Assessment,
  AttributionRule,
  Controller,
  CopyGrant,
  Dataset,
  Determination,
  Feed,
  LegalEntity,
  NoticeVersion,
  ProcessingRecord,
  Prohibition,
  Purpose,
  SharingAgreement,
} from '../model/policy.ts'
import type { Finding } from '../model/problem.ts'
import { checkShape } from './check-shape.ts'
import { type Declared, declaredWithin, type Reading } from './declared.ts'
import type { PolicyFiles } from './merge-overlay.ts'
import { nearestName } from './nearest-name.ts'
import { readNotice } from './read-notice.ts'
import { readYaml } from './read-yaml.ts'
import {
  agreementFile,
  assessmentFile,
  attributionsFile,
  controllerFile,
  copyGrantFile,
  datasetFile,
  determinationFile,
  entityFile,
  feedsFile,
  idPattern,
  processingFile,
  prohibitionsFile,
  purposesFile,
  workOrderFile,
} from './schemas.ts'

export type Declarations = {
  controller: Declared<Controller> | undefined
  entities: Declared<LegalEntity>[]
  purposes: Declared<Purpose>[]
  notices: Declared<NoticeVersion>[]
  attributions: Declared<AttributionRule>[]
  agreements: Declared<SharingAgreement>[]
  assessments: Declared<Assessment>[]
  determinations: Declared<Determination>[]
  datasets: Declared<Dataset>[]
  processing: Declared<ProcessingRecord>[]
  prohibitions: Declared<Prohibition>[]
  workOrders: Declared<WorkOrder>[]
  copyGrants: Declared<CopyGrant>[]
  feeds: Declared<Feed>[]
}

export function readDeclarations(files: PolicyFiles): { declarations: Declarations; findings: Finding[] } {
  const declarations: Declarations = {
    controller: undefined,
    entities: [],
    purposes: [],
    notices: [],
    attributions: [],
    agreements: [],
    assessments: [],
    determinations: [],
    datasets: [],
    processing: [],
    prohibitions: [],
    workOrders: [],
    copyGrants: [],
    feeds: [],
  }
  const findings: Finding[] = []
  if (!files.has('controller.yaml')) findings.push(noController)
  // By path: which of two clashing declarations is reported must not depend on how a folder was listed.
  const inPathOrder = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [file, text] of inPathOrder) findings.push(...readFile(declarations, file, text))
  return { declarations, findings }
}

const noController: Finding = {
  place: { file: 'controller.yaml' },
  message: 'there is no controller.yaml',
  remedy: 'Name the folder that holds it, or write one: id, name, jurisdiction, zone.',
}

/** Folder → what one file in it declares; `id` is the file's name. */
const folders: Readonly<
  Record<string, (into: Declarations, id: string, source: Declared<unknown>) => Finding[]>
> = {
  entities: (into, id, source) => add(into.entities, entityFile, source, (value) => ({ id, ...value })),
  agreements: (into, id, source) =>
    add(into.agreements, agreementFile, source, (value) => ({ id, ...value })),
  assessments: (into, id, source) =>
    add(into.assessments, assessmentFile, source, (value) => ({ id, ...value })),
  determinations: (into, id, source) =>
    add(into.determinations, determinationFile, source, (value) => ({ id, ...value })),
  'work-orders': (into, id, source) =>
    add(into.workOrders, workOrderFile, source, (value) => ({ id, ...value })),
  'copy-grants': (into, id, source) =>
    add(into.copyGrants, copyGrantFile, source, (value) => ({ id, ...value })),
  datasets: (into, id, source) => add(into.datasets, datasetFile, source, (value) => datasetFrom(id, value)),
}

const singleFiles: Readonly<Record<string, (into: Declarations, source: Declared<unknown>) => Finding[]>> = {
  'controller.yaml': (into, source) => {
    const { value, findings } = checkShape(controllerFile, source)
    if (value !== undefined) into.controller = { ...source, value }
    return findings
  },
  'purposes.yaml': (into, source) => {
    const { value, findings } = checkShape(purposesFile, source)
    for (const [id, purpose] of Object.entries(value ?? {}))
      into.purposes.push(declaredWithin(source, [id], { id, ...purpose }))
    return findings
  },
  'attributions.yaml': (into, source) => {
    const { value, findings } = checkShape(attributionsFile, source)
    for (const [index, rule] of (value ?? []).entries())
      into.attributions.push(declaredWithin(source, [index], rule))
    return findings
  },
  'processing.yaml': (into, source) => {
    const { value, findings } = checkShape(processingFile, source)
    for (const [index, entry] of (value ?? []).entries()) {
      // No entry has an id of its own; which purpose and since when tells them apart.
      const id = `${entry.purpose}/${dateToIso(entry.from)}`
      into.processing.push(declaredWithin(source, [index], { id, ...entry }))
    }
    return findings
  },
  'prohibitions.yaml': (into, source) => {
    const { value, findings } = checkShape(prohibitionsFile, source)
    for (const [id, prohibition] of Object.entries(value ?? {}))
      into.prohibitions.push(declaredWithin(source, [id], { id, ...prohibition }))
    return findings
  },
  'feeds.yaml': (into, source) => {
    const { value, findings } = checkShape(feedsFile, source)
    for (const [index, feed] of (value ?? []).entries())
      into.feeds.push(declaredWithin(source, [index], feed))
    return findings
  },
}

function readFile(into: Declarations, file: string, text: string): Finding[] {
  const single = Object.hasOwn(singleFiles, file) ? singleFiles[file] : undefined
  if (single !== undefined) return readYamlWith(file, text, (source) => single(into, source))
  const notice = /^notices\/([^/]+)\/([^/]+)\.md$/.exec(file)
  if (notice !== null) return readNoticeFile(into, file, text, notice[1]!, notice[2]!)
  const one = /^([^/]+)\/([^/]+)\.yaml$/.exec(file)
  const folder = one !== null && Object.hasOwn(folders, one[1]!) ? folders[one[1]!] : undefined
  if (folder === undefined) return misplaced(file)
  if (!idPattern.test(one![2]!)) return [badFileName(file)]
  return readYamlWith(file, text, (source) => folder(into, one![2]!, source))
}

function readYamlWith(file: string, text: string, read: (source: Declared<unknown>) => Finding[]): Finding[] {
  const { value, findings } = readYaml(file, text)
  return value === undefined ? findings : read(value)
}

function readNoticeFile(
  into: Declarations,
  file: string,
  text: string,
  notice: string,
  version: string,
): Finding[] {
  if (!idPattern.test(notice) || !/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(version)) return [badFileName(file)]
  const { value, findings } = readNotice(file, text, notice, version)
  if (value !== undefined) into.notices.push(value)
  return findings
}

function add<S extends z.ZodType, T>(
  list: Declared<T>[],
  schema: S,
  source: Declared<unknown>,
  complete: (value: z.output<S>) => T,
): Finding[] {
  const { value, findings }: Reading<z.output<S>> = checkShape(schema, source)
  if (value !== undefined) list.push({ ...source, value: complete(value) })
  return findings
}

function datasetFrom(id: string, { fields, ...value }: z.output<typeof datasetFile>): Dataset {
  return { id, ...value, fields: Object.entries(fields).map(([name, field]) => ({ name, ...field })) }
}

/** A declaration in the wrong place would be silently without effect; other files (a README, say) are let be. */
function misplaced(file: string): Finding[] {
  if (/^requests\/[^/]+\.yaml$/.test(file)) return []
  const isDeclaration = /\.(yaml|yml)$/.test(file) || /^notices\/.*\.md$/.test(file)
  if (!isDeclaration) return []
  const places = [...Object.keys(singleFiles), ...Object.keys(folders), 'notices', 'requests']
  const nearest = nearestName(file.split('/')[0]!, places)
  const suggestion = nearest === undefined ? '' : `Did you mean ${nearest}? `
  const remedy = file.endsWith('.yml')
    ? 'Rename it to end in .yaml.'
    : `${suggestion}Declarations stand in ${places.join(', ')}; a notice is notices/<notice>/<version>.md.`
  return [{ place: { file }, message: 'no declaration is read from this path', remedy }]
}

function badFileName(file: string): Finding {
  return {
    place: { file },
    message: 'the file name is not an id',
    remedy:
      'Name it in lower-case letters and digits joined by single hyphens, such as little-acorn-foods.yaml.',
  }
}
