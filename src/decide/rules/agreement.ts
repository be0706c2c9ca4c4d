// A: is there power to share with this recipient: an agreement in force, for this, with everyone in the chain?
import { recipientRoles } from '../../model/vocabulary.ts'
import { and, compare, holds, not } from '../expression.ts'
import type { RuleText } from '../rule.ts'

const underAgreement = (fact: string) => and(holds('agreementExists'), not(holds(fact)))

export const agreementRules: readonly RuleText[] = [
  {
    code: 'A201',
    question: 'power',
    moment: 'release',
    when: not(holds('agreementExists')),
    unknown: 'fires',
    remedy:
      'Agree in writing with the recipient and declare it under agreements/; or send the mailing yourselves.',
    explain: {
      marketer: 'There is no agreement with this recipient.',
      person: 'There was no agreement about your data with this recipient.',
      regulator: 'No sharing agreement with this recipient is declared.',
    },
  },
  {
    code: 'A202',
    question: 'power',
    moment: 'release',
    when: underAgreement('agreementFormSufficient'),
    unknown: 'fires',
    remedy: 'Replace the memorandum or order addendum by a signed agreement with all mandatory clauses.',
    explain: {
      marketer: 'The paper with this recipient is not a signed sharing agreement.',
      person: 'The agreement about your data was not good enough.',
      regulator: 'The instrument is a memorandum, an addendum, or unsigned.',
    },
  },
  {
    code: 'A203',
    question: 'power',
    moment: 'release',
    when: underAgreement('agreementInForce'),
    unknown: 'fires',
    remedy: 'Renew the agreement so that it covers the release and the whole use window.',
    explain: {
      marketer: 'The agreement is not in force on the day, or ends before the data would be used up.',
      person: 'The agreement about your data had run out or not begun.',
      regulator: 'The agreement is not in force from the release to the end of the use window.',
    },
  },
  {
    code: 'A204',
    question: 'power',
    moment: 'release',
    when: underAgreement('purposeInAgreement'),
    unknown: 'fires',
    remedy: 'Ask for a purpose the agreement covers, or change the agreement.',
    explain: {
      marketer: 'The agreement does not cover this purpose.',
      person: 'The agreement did not allow this use of your data.',
      regulator: 'The purpose lies outside the purposes of the agreement.',
    },
  },
  {
    code: 'A205',
    question: 'power',
    moment: 'release',
    when: underAgreement('channelsInAgreement'),
    unknown: 'fires',
    remedy: 'Ask only for channels the agreement covers.',
    explain: {
      marketer: 'The agreement does not cover this channel.',
      person: 'The agreement did not allow contacting you this way.',
      regulator: 'A channel lies outside the agreement.',
    },
  },
  {
    code: 'A207',
    question: 'power',
    moment: 'release',
    when: underAgreement('chainInAgreement'),
    unknown: 'fires',
    remedy: 'Name every link down to whoever finally holds the data, and have the agreement authorise each.',
    explain: {
      marketer: 'Someone down the line would get the data whom the agreement does not authorise.',
      person: 'Your data would have ended up with somebody the agreement did not allow.',
      regulator: 'An end client or onward link of the chain is not authorised in the agreement.',
    },
  },
  {
    code: 'A208',
    question: 'power',
    moment: 'release',
    when: holds('ownUse'),
    unknown: 'fires',
    remedy:
      'Strike the recipient’s own use from the agreement, or treat the recipient as a controller with its own grounds.',
    explain: {
      marketer:
        'The go-between would use the data for itself as well, and needs grounds of its own for that.',
      person: 'The go-between would also have used your data for itself.',
      regulator:
        'An agent or processor has own uses under the agreement and is to be judged as a controller.',
    },
  },
  {
    code: 'A213',
    question: 'power',
    moment: 'release',
    // Arrangements have no place in the policy files yet, so none is ever on record.
    when: compare('recipientRole', '=', recipientRoles['joint-controller']),
    unknown: 'silent',
    remedy:
      'Ask for it as one controller to another, or have a named person decide on the arrangement you have.',
    explain: {
      marketer: 'You say you control this together, and no arrangement between you is on record.',
      person: 'No arrangement says who answers for your data.',
      regulator: 'Joint control is claimed and no Article 26 arrangement is recorded.',
    },
  },
  {
    code: 'A214',
    question: 'power',
    moment: 'release',
    when: not(holds('dueDiligenceInForce')),
    unknown: 'fires',
    remedy:
      'Check the recipient (identity, sector, security) and record it with an expiry date on the entity.',
    explain: {
      marketer: 'Nobody has checked this recipient, or the check has expired.',
      person: 'Nobody had checked who would receive your data.',
      regulator: 'No due diligence in date is recorded for the recipient.',
    },
  },
]
