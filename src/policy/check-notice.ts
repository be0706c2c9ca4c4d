// What a reader claims to have found in a wording is proved against it: quotes stand there, names stand in the quotes.
import { type DateNumber, dateToIso } from '../model/instant.ts'
import type { DatedName, LegalEntity, NoticeVersion, RecipientMention } from '../model/policy.ts'
import type { Finding } from '../model/problem.ts'
import { samePerson } from '../model/same-person.ts'
import type { Declared, Path } from './declared.ts'
import { suggestion } from './nearest-name.ts'
import { namedIn, quoteInWording } from './quote-in-wording.ts'

export function checkNotice(notice: Declared<NoticeVersion>, entities: readonly LegalEntity[]): Finding[] {
  return [
    ...quotesOf(notice.value).flatMap(({ path, quote }) => checkQuote(notice, path, quote)),
    ...notice.value.recipients.flatMap((mention, index) => checkMention(notice, index, mention, entities)),
    ...checkReaders(notice),
  ]
}

/** Half-open: `to` is the first day on which the name no longer holds. */
export function holdsOn(name: DatedName, on: DateNumber): boolean {
  return (name.from ?? 0) <= on && on < (name.to ?? Number.POSITIVE_INFINITY)
}

function quotesOf(notice: NoticeVersion): { path: Path; quote: string }[] {
  const { recipients, purposes, channels, rightToObject, matching, processors, categoriesQuote } = notice
  const { softOptIn } = notice
  const listed = { recipients, purposes, channels }
  const single: { path: Path; quote: string | undefined }[] = [
    { path: ['rightToObject'], quote: rightToObject },
    { path: ['matching'], quote: matching },
    { path: ['processors'], quote: processors },
    { path: ['categories', 'quote'], quote: categoriesQuote },
    { path: ['softOptIn', 'quote'], quote: softOptIn?.quote },
    { path: ['softOptIn', 'refusal'], quote: softOptIn?.refusal },
  ]
  return [
    ...Object.entries(listed).flatMap(([key, list]) =>
      list.map(({ quote }, index) => ({ path: [key, index, 'quote'], quote })),
    ),
    ...single.flatMap(({ path, quote }) => (quote === undefined ? [] : [{ path, quote }])),
  ]
}

function checkQuote(notice: Declared<NoticeVersion>, path: Path, quote: string): Finding[] {
  const fit = quoteInWording(quote, notice.value.wording)
  if (fit === 'whole') return []
  const place = notice.place(path)
  if (fit === 'part')
    return [
      {
        place,
        message: 'the quote is only part of a sentence of the wording',
        remedy: 'Quote the whole sentence: a piece of it can lose a "not" or an "only".',
      },
    ]
  return [
    {
      place,
      message: 'the quote does not stand in the wording',
      remedy:
        'Copy the sentence from the wording below, letter by letter; if the wording never said it, remove the claim.',
    },
  ]
}

function checkMention(
  notice: Declared<NoticeVersion>,
  index: number,
  mention: RecipientMention,
  entities: readonly LegalEntity[],
): Finding[] {
  if (mention.entity !== undefined)
    return checkEntityMention(notice, index, mention.entity, mention.quote, entities)
  if (mention.brand !== undefined)
    return checkBrandMention(notice, index, mention.brand, mention.quote, entities)
  return []
}

function checkEntityMention(
  notice: Declared<NoticeVersion>,
  index: number,
  id: string,
  quote: string,
  entities: readonly LegalEntity[],
): Finding[] {
  const entity = entities.find((one) => one.id === id)
  if (entity === undefined)
    return [
      {
        place: notice.place(['recipients', index, 'entity']),
        message: `there is no entity \`${id}\``,
        remedy: suggestion(
          id,
          entities.map((one) => one.id),
          `Declare it in entities/${id}.yaml.`,
        ),
      },
    ]
  const names = [...entity.names, ...entity.brands]
  const inQuote = names.filter(({ name }) => namedIn(name, quote))
  if (inQuote.some((name) => holdsOn(name, notice.value.effectiveOn))) return []
  const held = names.filter((name) => holdsOn(name, notice.value.effectiveOn)).map(({ name }) => name)
  return [
    {
      place: notice.place(['recipients', index, 'quote']),
      message:
        inQuote[0] === undefined
          ? `the quote does not name \`${id}\``
          : `\`${inQuote[0].name}\` was no name of \`${id}\` on ${dateToIso(notice.value.effectiveOn)}`,
      remedy: `Quote the sentence that says ${orOf(held)}, correct the dated names in entities/${id}.yaml, or record the mention as a sector or generic one.`,
    },
  ]
}

function checkBrandMention(
  notice: Declared<NoticeVersion>,
  index: number,
  brand: string,
  quote: string,
  entities: readonly LegalEntity[],
): Finding[] {
  const on = notice.value.effectiveOn
  const all = entities.flatMap((entity) => entity.brands)
  const same = all.filter(({ name }) => name === brand)
  if (!same.some((name) => holdsOn(name, on)))
    return [
      {
        place: notice.place(['recipients', index, 'brand']),
        message:
          same.length === 0
            ? `no entity has the brand \`${brand}\``
            : `nobody held the brand \`${brand}\` on ${dateToIso(on)}`,
        remedy: suggestion(
          brand,
          all.map(({ name }) => name),
          'Declare the brand, with its dates, under the entity that held it when this version took effect.',
        ),
      },
    ]
  if (namedIn(brand, quote)) return []
  return [
    {
      place: notice.place(['recipients', index, 'quote']),
      message: `the quote does not name the brand \`${brand}\``,
      remedy: 'Quote the sentence that names it, or record the mention as a sector or generic one.',
    },
  ]
}

function checkReaders(notice: Declared<NoticeVersion>): Finding[] {
  const { readBy, confirmedBy } = notice.value
  if (confirmedBy === undefined)
    return [
      {
        place: notice.place(['readBy'], 'key'),
        message: 'nobody has confirmed what was read from this wording',
        remedy:
          'Let a second person compare every quote with the wording, then add `confirmedBy:` with their name.',
      },
    ]
  if (!samePerson(readBy, confirmedBy)) return []
  return [
    {
      place: notice.place(['confirmedBy']),
      message: 'the person who read the wording also confirmed it',
      remedy:
        'Let a second person confirm it: one pair of eyes is not enough for what a whole file will rest on.',
    },
  ]
}

function orOf(names: readonly string[]): string {
  return names.length === 0 ? 'its name' : names.map((name) => `"${name}"`).join(' or ')
}
