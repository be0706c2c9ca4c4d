// The reason codes: stable, append-only, never reused. What makes a code fire is a rule in a pack (`decide/packs`).
// Source: the registry of ICO-derived codes in the domain reference; X2xx families are added by later packs.

export type ReasonLevel = 'file' | 'record' | 'field'
export type ReasonEffect = 'deny' | 'review' | 'transform'

type Reason = {
  slug: string
  level: ReasonLevel
  effect: ReasonEffect
  /** Whether a named person may decide otherwise; `never` is for what no determination can clear. */
  override: 'never' | 'determination'
}

const file = (
  slug: string,
  effect: ReasonEffect,
  override: Reason['override'] = 'determination',
): Reason => ({ slug, level: 'file', effect, override })
const record = (
  slug: string,
  effect: ReasonEffect,
  override: Reason['override'] = 'determination',
): Reason => ({ slug, level: 'record', effect, override })
const field = (slug: string): Reason => ({ slug, level: 'field', effect: 'transform', override: 'never' })

/**
 * Order matters: among a record's own reasons the first in this table is its primary one
 * (vetoes of the person, then notice, basis, channel law, child and special data, time and identity, fields).
 */
export const reasons = {
  G101: file('PURPOSE_UNDEFINED', 'deny', 'never'),
  G102: file('NECESSITY_UNRECORDED', 'deny'),
  G105: file('DPIA_REQUIRED_MISSING', 'deny'),
  G108: file('POLITICAL_SIGNOFF_MISSING', 'deny'),
  G110: file('SYSTEMATIC_REFUSAL', 'review'),
  A201: file('AGREEMENT_MISSING', 'deny', 'never'),
  A202: file('AGREEMENT_FORM_INSUFFICIENT', 'deny'),
  A203: file('AGREEMENT_NOT_IN_FORCE', 'deny', 'never'),
  A204: file('PURPOSE_OUTSIDE_AGREEMENT', 'deny'),
  A205: file('CHANNEL_OUTSIDE_AGREEMENT', 'deny'),
  A207: file('END_CLIENT_NOT_AUTHORISED', 'deny', 'never'),
  A208: file('ROLE_UNCLEAR', 'deny'),
  A213: file('ART26_ARRANGEMENT_MISSING', 'deny'),
  A214: file('DUE_DILIGENCE_MISSING', 'deny'),
  B501: file('LEGAL_BASIS_MISSING', 'deny', 'never'),
  B503: file('BASIS_CANNOT_SUPPORT_PURPOSE', 'deny', 'never'),
  B513: file('LIA_MISSING_OR_FAILED', 'deny'),
  B514: file('LIA_STALE', 'review'),
  B517: file('RLI_CONDITION_UNPROVEN', 'deny'),
  B518: file('LEGAL_DUTY_UNCITED', 'deny'),
  P602: file('SOFT_OPT_IN_NOT_TRANSFERABLE', 'deny', 'never'),
  P604: file('TPS_SCREEN_STALE', 'deny'),
  T805: file('RULEPACK_UNKNOWN', 'deny', 'never'),
  S304: record('ERASURE_REQUESTED_OR_DONE', 'deny', 'never'),
  S312: record('BEREAVEMENT', 'deny', 'never'),
  S310: record('SAFETY_FLAG', 'deny', 'never'),
  S301: record('OBJECTION_MARKETING', 'deny', 'never'),
  S302: record('OBJECTION_GENERAL_OPEN', 'deny'),
  S305: record('PROCESSING_RESTRICTED', 'deny'),
  N401: record('NOTICE_NOT_EVIDENCED', 'deny', 'never'),
  N407: record('NOTICE_LIST_OMITS_RECIPIENT', 'deny', 'never'),
  N404: record('NOTICE_AMENDED_AFTER_COLLECTION', 'deny', 'never'),
  N402: record('RECIPIENT_NOT_IN_NOTICE', 'deny', 'never'),
  N403: record('PURPOSE_NOT_IN_NOTICE', 'deny', 'never'),
  N406: record('RECIPIENT_GENERIC_ONLY', 'deny'),
  N411: record('RIGHT_TO_OBJECT_NOT_OFFERED', 'deny'),
  N405: record('RECIPIENT_SECTOR_ONLY', 'review'),
  B509: record('CONSENT_WITHDRAWN', 'deny', 'never'),
  B502: record('BASIS_SWITCHED', 'deny', 'never'),
  B505: record('CONSENT_RECIPIENT_NOT_NAMED', 'deny', 'never'),
  B512: record('CONSENT_INVALID_FORM', 'deny', 'never'),
  B507: record('CONSENT_CHANNEL_MISMATCH', 'deny', 'never'),
  B510: record('CONSENT_EXPIRED', 'deny'),
  B511: record('CONSENT_EVIDENCE_INSUFFICIENT', 'deny'),
  B504: record('CONSENT_MISSING', 'deny', 'never'),
  P601: record('PECR_CONSENT_FOR_SENDER_MISSING', 'deny', 'never'),
  C708: record('HEALTH_IMPLIED_BY_LIST', 'deny', 'never'),
  C701: record('CHILD_COMMERCIAL_SHARING', 'deny', 'never'),
  C707: record('AGE_UNKNOWN_CHILD_LIKELY', 'deny'),
  T802: record('TIMESTAMP_AMBIGUOUS', 'deny'),
  T806: record('IDENTITY_MATCH_AMBIGUOUS', 'deny'),
  F907: record('NO_FIELD_LEFT', 'deny', 'never'),
  C705: field('SPECIAL_CATEGORY_NO_CONDITION'),
  C704: field('CHILD_FIELD_IN_ADULT_RECORD'),
  F901: field('FIELD_NOT_IN_AGREEMENT'),
  F902: field('FIELD_NOT_NECESSARY'),
  F903: field('FIELD_NOT_IN_NOTICE'),
} as const satisfies Record<string, Reason>

export type ReasonCode = keyof typeof reasons
export const reasonCodes = Object.keys(reasons) as ReasonCode[]

export function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(reasons, text)
}

/** Failures of how people were told or recorded, as opposed to what each of them chose: they put a whole file in review. */
export function isSystematic(code: ReasonCode): boolean {
  return code.startsWith('N4') || code.startsWith('T8') || code === 'B511' || code === 'B512'
}

/** What a person, or a doubt about who she is, says against a record: enough to call it back from whoever has it. */
export function isVeto(code: ReasonCode): boolean {
  return code.startsWith('S3') || code.startsWith('T8') || code === 'B509' || code === 'B502'
}

/** Reasons nobody but the organisation's privacy lead may see behind: safety, bereavement, children, health. */
export function isMasked(code: ReasonCode): boolean {
  return code === 'S310' || code === 'S312' || code.startsWith('C70')
}
