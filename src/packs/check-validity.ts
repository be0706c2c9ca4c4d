// At every instant from its first day on, one pack of a jurisdiction holds, and only one.
import { dateToIso } from '../model/instant.ts'
import type { Finding } from '../model/problem.ts'
import type { Declared } from '../policy/declared.ts'
import type { PackEntry } from './pack-shapes.ts'
import type { Parts } from './read-parts.ts'

export function checkValidity({ folders }: Parts): Finding[] {
  const packs = [...folders.values()].flatMap(({ pack }) => pack ?? [])
  const jurisdictions = new Set(packs.map(({ value }) => value.jurisdiction))
  return [
    ...packs.flatMap(checkPeriod),
    ...[...jurisdictions].flatMap((jurisdiction) => {
      const inOrder = packs
        .filter(({ value }) => value.jurisdiction === jurisdiction)
        .sort((a, b) => a.value.from - b.value.from)
      return inOrder.flatMap((pack, index) => (index === 0 ? [] : checkFollows(inOrder[index - 1]!, pack)))
    }),
  ]
}

function checkPeriod(pack: Declared<PackEntry>): Finding[] {
  const { from, to } = pack.value
  if (to === undefined || from < to) return []
  return [
    {
      place: pack.place(['to']),
      message: '`to` is not after `from`',
      remedy: '`to` is the first day on which the pack no longer holds.',
    },
  ]
}

function checkFollows(earlier: Declared<PackEntry>, later: Declared<PackEntry>): Finding[] {
  const { from, zone } = later.value
  const { to } = earlier.value
  const place = later.place(['from'])
  if (to === undefined || to > from)
    return [
      {
        place,
        message: `${folderOf(earlier)} still holds on this day${to === undefined ? '' : `, until ${dateToIso(to)}`}`,
        remedy: `Give ${earlier.file} the same day as \`to\`: the first on which it no longer holds.`,
      },
    ]
  if (to < from)
    return [
      {
        place,
        message: `no pack holds from ${dateToIso(to)} until this day`,
        remedy: `Begin on ${dateToIso(to)}, or let ${earlier.file} hold until this day.`,
      },
    ]
  if (earlier.value.zone === zone) return []
  return [
    {
      place: later.place(['zone']),
      message: `${folderOf(earlier)} ends at midnight in ${earlier.value.zone}, this one begins in ${zone}`,
      remedy: 'Packs of one jurisdiction follow each other in one zone, or there is a gap of hours.',
    },
  ]
}

function folderOf({ file }: Declared<unknown>): string {
  return file.split('/')[0]!
}
