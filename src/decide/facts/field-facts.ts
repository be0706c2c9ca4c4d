// The facts of one field asked for, under one notice version.
import { type NoticeVersion, specialCategories } from '../../model/policy.ts'
import type { Value } from '../expression.ts'
import { tellsCategory } from '../notice-facts.ts'
import type { FieldFactName } from '../plain-facts.ts'
import type { Asked } from './asked.ts'

/** A field that the dataset does not declare is unknown, and unknown refuses. */
export function fieldFactsOf(
  name: string,
  notice: NoticeVersion | undefined,
  { request, dataset, agreement, parameters, releaseOn }: Asked,
): Record<FieldFactName, Value> {
  const field = dataset?.fields.find((item) => item.name === name)
  const needs = request.channels.flatMap((channel) => parameters?.channelNeeds.value[channel] ?? [])
  return {
    fieldAboutChild: field && field.about === 'child',
    fieldSpecial: field && specialCategories.has(field.category),
    fieldCriminal: field && field.category === 'criminal',
    fieldFreeText: field && field.category === 'free-text',
    fieldScreened: field && field.screened !== undefined && field.screened.on <= releaseOn,
    // Without an agreement A201 speaks for the whole file.
    fieldInAgreement: agreement === undefined || agreement.fields.includes(name),
    fieldNecessary: field && needs.includes(field.category),
    fieldStated: field && notice?.categories.includes(field.category) === true,
    fieldTold: notice === undefined || (field ? tellsCategory(notice, field.category) : undefined),
  }
}
