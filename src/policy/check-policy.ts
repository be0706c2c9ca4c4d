// Whether declarations fit together: names resolve, nobody shares a name, periods do not overlap, two people read.
import { coarseningsOf, refColumn, transformFits } from '../model/delivered-column.ts'
import { dateToIso } from '../model/instant.ts'
import type {
  AttributionRule,
  Dataset,
  DatasetField,
  DatedName,
  Determination,
  Feed,
  LegalEntity,
  NoticeVersion,
  ProcessingRecord,
  Prohibition,
  SharingAgreement,
} from '../model/policy.ts'
import type { Finding, Place } from '../model/problem.ts'
import { reasons } from '../model/reason.ts'
import { samePerson } from '../model/same-person.ts'
import { checkNotice } from './check-notice.ts'
import { checkCopyGrant, checkWorkOrder } from './check-work-order.ts'
import type { Declared, Path } from './declared.ts'
import { suggestion } from './nearest-name.ts'
import type { Declarations } from './read-declarations.ts'

export function checkPolicy(declarations: Declarations): Finding[] {
  const known: Known = {
    entity: declarations.entities.map(({ value }) => value.id),
    purpose: declarations.purposes.map(({ value }) => value.id),
    notice: declarations.notices.map(({ value }) => value.id),
    dataset: declarations.datasets.map(({ value }) => value.id),
    column: declarations.datasets.flatMap(({ value }) => value.fields.map(({ name }) => name)),
  }
  const entities = declarations.entities.map(({ value }) => value)
  const notices = declarations.notices.map(({ value }) => value)
  return [
    ...checkNames(declarations.entities),
    ...checkRegistrations(declarations.entities),
    ...declarations.entities.flatMap((entity) => checkSuccessors(entity, known)),
    ...declarations.notices.flatMap((notice) => checkNotice(notice, entities)),
    ...checkNoticeOrder(declarations.notices),
    ...declarations.attributions.flatMap((rule) => checkAttribution(rule, notices)),
    ...checkAttributionPeriods(declarations.attributions),
    ...declarations.agreements.flatMap((agreement) => checkAgreement(agreement, known)),
    ...declarations.agreements.flatMap((agreement) => checkTransforms(agreement, declarations.datasets)),
    ...declarations.assessments.flatMap((assessment) => [
      ...resolve(assessment, ['purpose'], 'purpose', assessment.value.purpose, known),
      ...resolve(assessment, ['recipient'], 'entity', assessment.value.recipient, known),
    ]),
    ...declarations.determinations.flatMap((determination) => checkDetermination(determination, known)),
    ...checkAnsweredOnce(declarations.determinations),
    ...declarations.datasets.flatMap(checkDataset),
    ...declarations.processing.flatMap((entry) => checkProcessing(entry, known)),
    ...checkDeclaredOnce(declarations.processing, ({ id }) => id, ['from'], entryTwice),
    ...declarations.prohibitions.flatMap((prohibition) => checkProhibition(prohibition, known)),
    ...declarations.workOrders.flatMap((order) => checkWorkOrder(order, declarations)),
    ...declarations.copyGrants.flatMap((grant) => checkCopyGrant(grant, declarations)),
    ...declarations.feeds.flatMap(checkFeed),
    ...checkDeclaredOnce(declarations.feeds, ({ source }) => source, ['source'], feedTwice),
  ]
}

type Known = Record<'entity' | 'purpose' | 'notice' | 'dataset' | 'column', readonly string[]>

const declareIt: Readonly<Record<keyof Known, (id: string) => string>> = {
  entity: (id) => `Declare it in entities/${id}.yaml.`,
  purpose: (id) => `Declare it in purposes.yaml: \`${id}:\`.`,
  notice: () => 'Write it as notice@version, and keep its wording in notices/<notice>/<version>.md.',
  dataset: (id) => `Declare it in datasets/${id}.yaml.`,
  column: (id) => `Declare the column \`${id}\` under \`fields\` of a dataset, or remove it here.`,
}

function resolve(
  source: Declared<unknown>,
  path: Path,
  what: keyof Known,
  id: string,
  known: Known,
): Finding[] {
  if (known[what].includes(id)) return []
  const message =
    what === 'column' ? `no dataset declares the column \`${id}\`` : `there is no ${what} \`${id}\``
  return [{ place: source.place(path), message, remedy: suggestion(id, known[what], declareIt[what](id)) }]
}

type Label = { entity: Declared<LegalEntity>; path: Path; name: DatedName }

/** A name that two entities bear at one time names neither: mentions and list checks would be a guess. */
function checkNames(entities: readonly Declared<LegalEntity>[]): Finding[] {
  const byName = new Map<string, Label[]>()
  const findings: Finding[] = []
  for (const label of entities.flatMap(labelsOf)) {
    const key = label.name.name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ')
    const others = byName.get(key) ?? []
    const clash = others.find(
      (other) => other.entity !== label.entity && periodsOverlap(other.name, label.name),
    )
    if (clash !== undefined) findings.push(homonym(label, clash))
    byName.set(key, [...others, label])
  }
  return findings
}

function labelsOf(entity: Declared<LegalEntity>): Label[] {
  const { names, brands } = entity.value
  return Object.entries({ names, brands }).flatMap(([key, list]) =>
    list.map((name, index) => ({ entity, path: [key, index, 'name'], name })),
  )
}

function homonym(label: Label, clash: Label): Finding {
  return {
    place: label.entity.place(label.path),
    message: `\`${label.name.name}\` is also a name of \`${clash.entity.value.id}\` at the same time`,
    remedy: 'Give each its period with `from` and `to`, or write the name in full so that the two differ.',
  }
}

function periodsOverlap(a: { from?: number; to?: number }, b: { from?: number; to?: number }): boolean {
  const endOf = (period: { to?: number }) => period.to ?? Number.POSITIVE_INFINITY
  return (a.from ?? 0) < endOf(b) && (b.from ?? 0) < endOf(a)
}

function checkRegistrations(entities: readonly Declared<LegalEntity>[]): Finding[] {
  const seen = new Map<string, string>()
  const findings: Finding[] = []
  for (const entity of entities) {
    const { id, registration } = entity.value
    if (registration === undefined) continue
    const key = `${registration.register}\n${registration.number}`
    const other = seen.get(key)
    if (other !== undefined)
      findings.push({
        place: entity.place(['registration', 'number']),
        message: `\`${other}\` has the same registration`,
        remedy: 'One registration is one legal entity: keep one file, with every name the entity has had.',
      })
    seen.set(key, id)
  }
  return findings
}

function checkSuccessors(entity: Declared<LegalEntity>, known: Known): Finding[] {
  const { id, changes = [] } = entity.value
  return changes.flatMap(({ into }, index): Finding[] => {
    if (into === undefined) return []
    const path = ['changes', index, 'into']
    if (into !== id) return resolve(entity, path, 'entity', into, known)
    const remedy = 'Name the entity that took over, in a file of its own, or remove `into`.'
    return [{ place: entity.place(path), message: `\`${id}\` cannot have become itself`, remedy }]
  })
}

/** Two versions of one notice from one day on would leave open which one people were shown. */
function checkNoticeOrder(notices: readonly Declared<NoticeVersion>[]): Finding[] {
  const seen = new Map<string, string>()
  return notices.flatMap((notice) => {
    const { effectiveOn, id } = notice.value
    const key = `${notice.value.notice} ${effectiveOn}`
    const other = seen.get(key)
    seen.set(key, id)
    if (other === undefined) return []
    return [
      {
        place: notice.place(['effectiveOn']),
        message: `${other} takes effect on the same day`,
        remedy: 'Give each version of a notice its own first day.',
      },
    ]
  })
}

function checkAttribution(rule: Declared<AttributionRule>, notices: readonly NoticeVersion[]): Finding[] {
  const { value } = rule
  const notice = notices.find(({ id }) => id === value.notice)
  const findings: Finding[] = []
  if (samePerson(value.author, value.secondReader))
    findings.push({
      place: rule.place(['secondReader']),
      message: 'author and second reader are the same person',
      remedy:
        'Let a second person read the evidence: the rule speaks for everyone who joined in that period.',
    })
  if (notice === undefined) {
    const ids = notices.map(({ id }) => id)
    const known: Known = { entity: [], purpose: [], column: [], dataset: [], notice: ids }
    return [...findings, ...resolve(rule, ['notice'], 'notice', value.notice, known)]
  }
  if (value.from < notice.effectiveOn)
    findings.push({
      place: rule.place(['from']),
      message: `${notice.id} took effect only on ${dateToIso(notice.effectiveOn)}`,
      remedy: 'Nobody was shown a version before it existed: start the rule on that day or later.',
    })
  if (!notice.routes.includes(value.route))
    findings.push({
      place: rule.place(['route']),
      message: `${notice.id} was not used on the route \`${value.route}\``,
      remedy: suggestion(
        value.route,
        notice.routes,
        `Its routes are ${notice.routes.join(', ')}; correct one of the two.`,
      ),
    })
  return findings
}

function checkAttributionPeriods(rules: readonly Declared<AttributionRule>[]): Finding[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules
      .slice(0, index)
      .find(({ value }) => value.route === rule.value.route && periodsOverlap(value, rule.value))
    if (earlier === undefined) return []
    return [
      {
        place: rule.place(['from']),
        message: `the period overlaps the rule for ${earlier.value.notice} on the route \`${rule.value.route}\``,
        remedy:
          'End the earlier rule with `to:` on the day this one starts; `to` is the first day it no longer holds.',
      },
    ]
  })
}

function checkAgreement(agreement: Declared<SharingAgreement>, known: Known): Finding[] {
  const { recipient, endClients, purposes, ownUse, fields, onwardSharing } = agreement.value
  const { actsFor, subProcessors = [] } = agreement.value
  const each = (key: string, what: keyof Known, ids: readonly string[]) =>
    ids.flatMap((id, index) => resolve(agreement, [key, index], what, id, known))
  return [
    ...resolve(agreement, ['recipient'], 'entity', recipient, known),
    ...each('endClients', 'entity', endClients),
    ...each('subProcessors', 'entity', subProcessors),
    ...each('purposes', 'purpose', purposes),
    ...each('ownUse', 'purpose', ownUse),
    ...(known.column.length === 0 ? [] : each('fields', 'column', fields)),
    ...(onwardSharing !== undefined && endClients.length === 0
      ? [noEndClients(agreement, 'onwardSharing', 'records may go on to the end clients')]
      : []),
    ...(actsFor !== undefined && endClients.length === 0
      ? [noEndClients(agreement, 'actsFor', 'the recipient acts for its end clients')]
      : []),
  ]
}

function noEndClients(agreement: Declared<SharingAgreement>, key: string, says: string): Finding {
  return {
    place: agreement.place([key]),
    message: `${says}, and there are none`,
    remedy: `List them under \`endClients\`, or remove \`${key}\`.`,
  }
}

/** A transform that cannot be done to its column would leave every cell of it empty, or be found only when releasing. */
function checkTransforms(
  agreement: Declared<SharingAgreement>,
  datasets: readonly Declared<Dataset>[],
): Finding[] {
  const { fields, transforms = [] } = agreement.value
  return transforms.flatMap((transform, index): Finding[] => {
    const { field } = transform
    if (!fields.includes(field))
      return [
        {
          place: agreement.place(['transforms', index, 'field']),
          message: `\`${field}\` is transformed, and is not among the \`fields\``,
          remedy: suggestion(field, fields, 'List it under `fields`, or remove the transform.'),
        },
      ]
    const misfit = datasets
      .flatMap(({ value }) => value.fields)
      .find(({ name, type }) => name === field && !transformFits(transform, type))
    return misfit === undefined || transform.as !== 'coarsen'
      ? []
      : [misfitting(agreement.place(['transforms', index, 'to']), transform.to, misfit)]
  })
}

function misfitting(place: Place, to: string, { name, type }: DatasetField): Finding {
  const possible = coarseningsOf(type)
  return {
    place,
    message: `\`${name}\` is a column of type ${type} and cannot be coarsened to ${to}`,
    remedy:
      possible.length === 0
        ? 'Write `as: pseudonymise`, or leave the column out of the agreement.'
        : `Use one of ${possible.join(', ')}, or correct the column's type.`,
  }
}

function checkDetermination(determination: Declared<Determination>, known: Known): Finding[] {
  const { code, notice, recipient, purpose } = determination.value
  const reason = reasons[code]
  const findings = [
    ...resolve(determination, ['recipient'], 'entity', recipient, known),
    ...resolve(determination, ['purpose'], 'purpose', purpose, known),
    ...(notice === undefined ? [] : resolve(determination, ['notice'], 'notice', notice, known)),
  ]
  if (reason.override === 'never')
    findings.push({
      place: determination.place(['code']),
      message: `${code} ${reason.slug} cannot be determined away`,
      remedy: 'Remove the determination; remove the cause of the refusal instead.',
    })
  else if (reason.level === 'record' && notice === undefined)
    findings.push({
      place: determination.place(['code']),
      message: `${code} is asked of each notice version, and none is named`,
      remedy: 'Add `notice: <notice>@<version>`; write one determination for each version.',
    })
  else if (reason.level === 'file' && notice !== undefined)
    findings.push({
      place: determination.place(['notice'], 'key'),
      message: `${code} is a question about the whole file, not about a notice`,
      remedy: 'Remove `notice:`.',
    })
  return findings
}

/** The same question answered twice at one time would leave open which answer holds. */
function checkAnsweredOnce(determinations: readonly Declared<Determination>[]): Finding[] {
  const period = ({ on, revokedOn }: Determination) => ({
    from: on,
    ...(revokedOn === undefined ? {} : { to: revokedOn }),
  })
  const question = ({ code, notice, recipient, purpose }: Determination) =>
    [code, notice ?? '', recipient, purpose].join('\n')
  return determinations.flatMap((determination, index) => {
    const { value } = determination
    const earlier = determinations
      .slice(0, index)
      .find(
        (one) => question(one.value) === question(value) && periodsOverlap(period(one.value), period(value)),
      )
    if (earlier === undefined) return []
    return [
      {
        place: determination.place(['code']),
        message: `\`${earlier.value.id}\` already answers this question`,
        remedy: 'Revoke the earlier answer with `revokedOn:` on or before the day of this one.',
      },
    ]
  })
}

function checkDataset(dataset: Declared<Dataset>): Finding[] {
  const { key, bornOn, expectingOn, retainUntil, collectedOn, contact, fields } = dataset.value
  const roles: { path: Path; column: string | undefined; type?: 'date' }[] = [
    { path: ['key', 'column'], column: key.column },
    { path: ['bornOn'], column: bornOn, type: 'date' },
    { path: ['expectingOn'], column: expectingOn, type: 'date' },
    { path: ['retainUntil'], column: retainUntil, type: 'date' },
    { path: ['collectedOn'], column: collectedOn, type: 'date' },
    { path: ['contact', 'email'], column: contact.email },
    { path: ['contact', 'phone'], column: contact.phone },
    { path: ['contact', 'name'], column: contact.name },
    { path: ['contact', 'address'], column: contact.address },
  ]
  const reserved = fields.flatMap(({ name }): Finding[] => {
    if (name.trim().toLowerCase() !== refColumn) return []
    const remedy = 'Rename the column in the file; every file that is delivered has one of this name.'
    return [
      { place: dataset.place(['fields', name], 'key'), message: `\`${name}\` is a reserved name`, remedy },
    ]
  })
  const misused = roles.flatMap(({ path, column, type }) => {
    if (column === undefined) return []
    const field = fields.find(({ name }) => name === column)
    const place = dataset.place(path)
    if (field === undefined)
      return [
        {
          place,
          message: `the column \`${column}\` is not declared under \`fields\``,
          remedy: suggestion(
            column,
            fields.map(({ name }) => name),
            'Declare it there with type, category and about; unclassified data is never used or shared.',
          ),
        },
      ]
    if (type === undefined || field.type === type) return []
    return [
      {
        place,
        message: `the column \`${column}\` is declared as ${field.type}, not as date`,
        remedy: 'Name the column that holds one date, or correct its type under `fields`.',
      },
    ]
  })
  return [...reserved, ...misused]
}

function checkProcessing(entry: Declared<ProcessingRecord>, known: Known): Finding[] {
  const { purpose, recipients } = entry.value
  return [
    ...resolve(entry, ['purpose'], 'purpose', purpose, known),
    ...recipients.flatMap((id, index) => resolve(entry, ['recipients', index], 'entity', id, known)),
  ]
}

function checkProhibition(prohibition: Declared<Prohibition>, known: Known): Finding[] {
  const { recipient, purpose } = prohibition.value
  return [
    ...(recipient === undefined ? [] : resolve(prohibition, ['recipient'], 'entity', recipient, known)),
    ...(purpose === undefined ? [] : resolve(prohibition, ['purpose'], 'purpose', purpose, known)),
  ]
}

/** The source that rules know by name; written otherwise, it would never be found complete. */
const KNOWN_SOURCE = 'tps'

function checkFeed(feed: Declared<Feed>): Finding[] {
  const { source } = feed.value
  if (source === KNOWN_SOURCE || source.toLowerCase() !== KNOWN_SOURCE) return []
  return [
    {
      place: feed.place(['source']),
      message: `the telephone preference screen is the source \`${KNOWN_SOURCE}\``,
      remedy: `Write \`source: ${KNOWN_SOURCE}\`, here and where its file is imported.`,
    },
  ]
}

type Twice = { message: (key: string) => string; remedy: string }

const entryTwice: Twice = {
  message: () => 'an entry for this purpose starts on the same day',
  remedy: 'Write one entry, with the recipients of both.',
}

const feedTwice: Twice = {
  message: (source) => `the source \`${source}\` is declared twice`,
  remedy: 'Keep one entry, with the channels of both.',
}

function checkDeclaredOnce<T>(
  list: readonly Declared<T>[],
  keyOf: (value: T) => string,
  path: Path,
  { message, remedy }: Twice,
): Finding[] {
  const keys = list.map(({ value }) => keyOf(value))
  return list.flatMap((one, index) =>
    keys.indexOf(keys[index]!) < index
      ? [{ place: one.place(path), message: message(keys[index]!), remedy }]
      : [],
  )
}
