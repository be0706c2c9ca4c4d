// F (and C704, C705): which of the fields asked for may travel. Each rule is asked once per field and notice version.
import { compare, holds, not } from '../expression.ts'
import type { RuleText } from '../rule.ts'

export const fieldRules: readonly RuleText[] = [
  {
    code: 'C705',
    question: 'power',
    moment: 'release',
    // No Article 9 condition can be recorded yet, so none is ever met.
    when: holds('fieldSpecial'),
    unknown: 'fires',
    remedy: 'Leave the field out; only explicit consent carries such data to others for marketing.',
    explain: {
      marketer: 'A field about health, belief or the like is left out.',
      person: 'Especially protected details about you are left out.',
      regulator: 'A field of a special category is stripped: no Article 9 condition is recorded.',
    },
  },
  {
    code: 'C704',
    question: 'justified',
    moment: 'release',
    when: holds('fieldAboutChild'),
    unknown: 'fires',
    remedy: 'Leave fields about children out of the request.',
    explain: {
      marketer: 'A field about a child is left out of an adult’s record.',
      person: 'Your child’s data are left out.',
      regulator: 'A field about a child in an adult’s record is stripped.',
    },
  },
  {
    code: 'F901',
    question: 'justified',
    moment: 'release',
    when: not(holds('fieldInAgreement')),
    unknown: 'fires',
    remedy: 'Ask only for fields the agreement lists.',
    explain: {
      marketer: 'A field is left out because the agreement does not list it.',
      person: 'A detail about you is left out because it was not agreed.',
      regulator: 'The field is not listed in the agreement.',
    },
  },
  {
    code: 'F902',
    question: 'justified',
    moment: 'release',
    when: not(holds('fieldNecessary')),
    unknown: 'fires',
    remedy: 'Ask only for what the channel needs: for post a name and an address.',
    explain: {
      marketer: 'A field is left out because the purpose does not need it.',
      person: 'A detail about you is left out because it is not needed.',
      regulator: 'The field is not necessary for the purpose by the channels named.',
    },
  },
  {
    code: 'F903',
    question: 'aware',
    moment: 'release',
    when: not(holds('fieldTold')),
    unknown: 'fires',
    remedy: 'Ask only for kinds of data the notice says are shared.',
    explain: {
      marketer: 'A field is left out because the notice did not say it would be shared.',
      person: 'A detail about you is left out because you were not told of it.',
      regulator: 'The category of the field is not among those the notice says are shared.',
    },
  },
]

/** Asked of the record: a list of people with nothing else on it still tells that they are on it. */
export const emptyRecordRule: RuleText = {
  code: 'F907',
  question: 'justified',
  moment: 'release',
  when: compare('fieldsKept', '=', 0),
  unknown: 'fires',
  remedy: 'Ask for fields that the purpose needs and the notice and the agreement cover.',
  explain: {
    marketer: 'None of the fields asked for may travel, so nothing is left to send.',
    person: 'Nothing about you is left that could be shared.',
    regulator: 'Every requested field is stripped; the record would disclose membership alone.',
  },
}
