// The club's customer file, as it was sold in May 2017 and as it stood in 2018: reserved ranges only, nobody real.
import type { SizedCase } from './cells.ts'
import { memberNoSql } from './member-numbers.ts'
import { people } from './people.ts'
import { inGroups, pick } from './person-table.ts'

/** Rows of members-2017 (`joiners` false) or members-2018, in member order, ready for COPY. */
export function memberRowsSql(sized: SizedCase, year: 2017 | 2018): string {
  const later = year === 2018
  return `
with described as (
  select number, index, cell, joined_on, first_born,
    case when ${inGroups('expecting')} then date '2017-05-06' + ${days('expected', 181)} end as expected_in_2017,
    case when ${pick('siblings', 20)} < 6 and not ${inGroups('under-18')}
      then first_born - 600 - ${days('siblingGap', 900)} end as second_born,
    case when ${pick('siblings', 20)} = 0 and not ${inGroups('under-18')}
      then first_born - 2100 - ${days('siblingGap', 500)} end as third_born
  from (
    select *, ${firstBornSql()} as first_born from person
    ${later ? '' : `where number <= ${sized.members}`}
  )
)
select
  ${memberNoSql('number')} as member_no,
  joined_on,
  (1 + ${pick('area', AREAS)})::integer as area,
  true as marginal_area,
  ${nameSql(sized)} as parent_name,
  ${addressSql()} as home_address,
  true as child_presence,
  ${motherBornSql()} as mother_born_on,
  concat_ws(';', third_born, second_born, first_born${later ? ', expected_in_2017' : ''}) as children_born_on,
  'm' || lower(substr(${memberNoSql('number')}, 2)) || '@example.org' as email,
  '07700 900' || lpad(${pick('phone', 1000)}::varchar, 3, '0') as phone,
  ${expectedSql(later)} as expected_on
from described`
}

const AREAS = 106

/** Born near the day she joined, under five on every day of the case; expecting mothers had theirs earlier. */
function firstBornSql(): string {
  const near = `joined_on - 180 + ${days('childBorn', 330)}`
  const notBefore = `date '2013-06-13' + ${days('siblingGap', 60)}`
  return `greatest(${notBefore}, least(${near}, case
    when ${inGroups('expecting')} then date '2016-05-31' - ${days('siblingGap', 90)}
    when ${inGroups('joined-silent', 'joined-email-yes')} then date '2018-01-10' - ${days('siblingGap', 90)}
    else date '2017-04-25' - ${days('siblingGap', 90)} end))`
}

/** Seventeen on 12 June 2018, or at least thirty and never the zero of computers; none for some, a stand-in for others. */
function motherBornSql(): string {
  return `case
    when ${inGroups('age-empty')} then null
    when ${inGroups('age-sentinel')} then date '1900-01-01'
    when ${inGroups('under-18')} then date '2000-07-01' + ${days('motherBorn', 335)}
    else date '1970-01-02' + ${days('motherBorn', 6568)} end`
}

/** To come for the expecting only: one child after 5 May 2017, another after 12 June 2018. A third of the others have an old one. */
function expectedSql(later: boolean): string {
  return `case
    when ${inGroups('expecting')} then expected_in_2017${later ? ' + 420' : ''}
    when ${pick('expected', 3)} = 0 then first_born - 7 + ${days('postcode', 15)} end`
}

function nameSql(sized: SizedCase): string {
  const named = people.map(({ name, memberNo }) => {
    const number = Number(memberNo(sized.members).slice(1))
    return `when ${number} then '${name}'`
  })
  return `case number ${named.join(' ')}
    else ${oneOf(firstNames, pick('firstName', firstNames.length))} || ' ' || ${oneOf(lastNames, pick('lastName', lastNames.length))} end`
}

/** No postcode area is called ZZ. One invented town per area. */
function addressSql(): string {
  const area = pick('area', AREAS)
  return `(1 + ${pick('house', 180)}) || ' ' || ${oneOf(streets, pick('street', streets.length))} || ', '
    || ${oneOf(townStarts, `${area} % ${townStarts.length}`)} || ${oneOf(townEnds, `${area} // ${townStarts.length}`)}
    || ', ZZ' || (1 + ${area} % 99) || ' ' || (1 + ${pick('postcode', 9)})
    || substr('${postcodeLetters}', 1 + ${pick('postcode', postcodeLetters.length)}, 1)
    || substr('${postcodeLetters}', 1 + ${pick('street', postcodeLetters.length)}, 1)`
}

function days(what: Parameters<typeof pick>[0], below: number): string {
  return `${pick(what, below)}::integer`
}

function oneOf(words: readonly string[], place: string): string {
  return `list_extract([${words.map((word) => `'${word}'`).join(', ')}], 1 + ${place})`
}

const postcodeLetters = 'ABDEFGHJLNPQRSTUWXYZ'
const firstNames =
  'Ada Beth Carys Della Edie Fern Greta Hana Isla Juno Kit Leila Mabel Nell Olive Priya Quilla Rhona Saffron Tamsin Una Veda Wren Yasmin Zora'.split(
    ' ',
  )
const lastNames =
  'Applewick Birchmoor Copperleaf Dunnock Elderfen Foxhollow Gorsely Hazelden Ivelmere Juniperry Kestrelow Lindenhay Mossgrave Nettlecombe Oakhanger Pebblewick Quillbrook Rushmarsh Sorrelby Thistledown Umberley Vetchling Willowmere Yarrowby'.split(
    ' ',
  )
const streets =
  'Alder Walk,Bramble Close,Cowslip Road,Damson Street,Elm Rise,Fennel Way,Garland Row,Harebell Lane,Iris Court,Juniper Hill,Kingcup Drive,Larch Avenue'.split(
    ',',
  )
const townStarts = 'Amber,Bracken,Clover,Dapple,Ember,Fallow,Glimmer,Heather,Indigo,Jasper,Lark,Meadow'.split(
  ',',
)
const townEnds = 'by,combe,den,ford,ham,hurst,leigh,mere,ton'.split(',')
