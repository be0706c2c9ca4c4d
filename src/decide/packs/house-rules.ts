// Rules of the house: sensible defaults no law states. Never called the law on a screen, always overridable.
import type { PackParameters } from '../rule.ts'
import { type Citations, read } from './assemble-pack.ts'

export const houseCitations: Citations = {
  G110: read(
    'house',
    'House rule: a file that mostly fails for want of notice points to a fault in the notices',
  ),
  F907: read('house', 'House rule: a record of which no field may travel stays'),
  T802: read('house', 'House rule: of two possible readings of a date the refusing one counts'),
  T805: read('house', 'House rule: no rule pack, no decision'),
  T806: read('house', 'House rule: permissions of a record that may be two people cannot be attributed'),
}

export const houseParameters: PackParameters = {
  consentAgeMonthsMax: {
    value: 6,
    source:
      'ICO direct marketing guidance 2013: do not rely on third-party consent older than six months for a first contact (rule of thumb; current guidance not re-read)',
    authority: 'guidance',
    verified: false,
  },
  adultAgeYears: {
    value: 18,
    source: 'UN Convention on the Rights of the Child, Article 1; ICO Children’s Code',
    authority: 'guidance',
    verified: true,
  },
  evidenceGradeMax: {
    value: 2,
    source:
      'House rule: an assertion alone (grade C) does not show that a notice was given or a consent recorded',
    authority: 'house',
    verified: true,
  },
  systematicPercentMax: {
    value: 20,
    source: 'House rule: above this share of notice, evidence or date failures the whole file goes to review',
    authority: 'house',
    verified: true,
  },
  channelNeeds: {
    value: {
      post: ['name', 'postal-address'],
      email: ['name', 'email'],
      sms: ['name', 'phone'],
      call: ['name', 'phone'],
      'automated-call': ['name', 'phone'],
      'online-audience': ['email', 'phone'],
      none: [],
    },
    source: 'House rule: what a message by this channel needs; anything more has to be argued',
    authority: 'house',
    verified: true,
  },
  ownNoticeDaysMax: {
    value: 28,
    source:
      'GDPR Article 14(3)(a): within a reasonable period, at the latest one month; the shortest month counts',
    authority: 'statute',
    verified: true,
  },
  removalHoursMax: {
    value: 72,
    source:
      'House rule: an objection or withdrawal reaches recipients without delay, GDPR Article 19; 72 hours',
    authority: 'house',
    verified: true,
  },
}
