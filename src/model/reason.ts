// The reason codes: stable, append-only, never reused. What makes a code fire is a rule in a pack (`packs/`).
// Source: the registry of ICO-derived codes in the domain reference; A217, N413, C709–C712 and P607 are ours (decision 0024).

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
  G103: file('REQUESTER_EQUALS_APPROVER', 'deny', 'never'),
  G104: file('ROPA_ENTRY_MISSING', 'deny'),
  G105: file('DPIA_REQUIRED_MISSING', 'deny'),
  G106: file('DPIA_STALE', 'review'),
  G107: file('POWER_TO_SHARE_UNRECORDED', 'deny'),
  G108: file('POLITICAL_SIGNOFF_MISSING', 'review'),
  G109: file('REGULATOR_PROHIBITION', 'deny', 'never'),
  G110: file('SYSTEMATIC_REFUSAL', 'review'),
  A201: file('AGREEMENT_MISSING', 'deny', 'never'),
  A202: file('AGREEMENT_FORM_INSUFFICIENT', 'deny'),
  A203: file('AGREEMENT_NOT_IN_FORCE', 'deny', 'never'),
  A204: file('PURPOSE_OUTSIDE_AGREEMENT', 'deny'),
  A205: file('CHANNEL_OUTSIDE_AGREEMENT', 'deny'),
  A206: file('VOLUME_OR_USE_EXHAUSTED', 'deny'),
  A207: file('END_CLIENT_NOT_AUTHORISED', 'deny', 'never'),
  A208: file('ROLE_UNCLEAR', 'deny'),
  A209: file('DELETION_OVERDUE', 'deny'),
  A210: file('RECIPIENT_SUSPENDED', 'deny'),
  A211: file('COPY_NOT_GRANTED', 'deny', 'never'),
  A212: file('SUBPROCESSOR_UNAUTHORISED', 'deny'),
  A213: file('ART26_ARRANGEMENT_MISSING', 'deny'),
  A214: file('DUE_DILIGENCE_MISSING', 'deny'),
  A215: file('AGREEMENT_REVIEW_OVERDUE', 'review'),
  A216: file('ENTITY_IDENTITY_CHANGED', 'deny'),
  A217: file('SELECTION_OUTSIDE_AGREEMENT', 'deny'),
  B501: file('LEGAL_BASIS_MISSING', 'deny', 'never'),
  B503: file('BASIS_CANNOT_SUPPORT_PURPOSE', 'deny', 'never'),
  B513: file('LIA_MISSING_OR_FAILED', 'deny'),
  B514: file('LIA_STALE', 'review'),
  B517: file('RLI_CONDITION_UNPROVEN', 'deny'),
  B518: file('LEGAL_DUTY_UNCITED', 'deny'),
  B519: file('PAID_MEMBER_DATA_ON_LI', 'review'),
  P602: file('SOFT_OPT_IN_NOT_TRANSFERABLE', 'deny', 'never'),
  P604: file('TPS_SCREEN_STALE', 'deny'),
  C710: file('SPECIAL_CATEGORY_REVIEW', 'review'),
  T804: file('SNAPSHOT_TOO_OLD', 'deny'),
  T805: file('RULEPACK_UNKNOWN', 'deny', 'never'),
  T807: file('SOURCE_STALE', 'deny'),
  F905: file('REIDENTIFICATION_RISK', 'review'),
  F906: file('ANONYMISATION_CLAIM_UNTESTED', 'deny'),
  X951: file('TRANSFER_MECHANISM_MISSING', 'deny'),
  X952: file('ENCRYPTION_REQUIRED', 'deny', 'never'),
  X953: file('RECIPIENT_KEY_UNVERIFIED', 'deny', 'never'),
  S311: record('CANARY_OR_TEST_ROW', 'deny', 'never'),
  S304: record('ERASURE_REQUESTED_OR_DONE', 'deny', 'never'),
  S312: record('BEREAVEMENT', 'deny', 'never'),
  S310: record('SAFETY_FLAG', 'deny', 'never'),
  S307: record('DECEASED_OR_GONE_AWAY', 'deny'),
  S301: record('OBJECTION_MARKETING', 'deny', 'never'),
  S303: record('SUPPRESSED_CONTACT_POINT', 'deny', 'never'),
  S302: record('OBJECTION_GENERAL_OPEN', 'deny'),
  S305: record('PROCESSING_RESTRICTED', 'deny'),
  S306: record('ACCURACY_DISPUTED', 'review'),
  S308: record('RETENTION_EXCEEDED', 'deny'),
  S309: record('DISCLOSURE_FREQUENCY_EXCEEDED', 'deny'),
  N401: record('NOTICE_NOT_EVIDENCED', 'deny', 'never'),
  N407: record('NOTICE_LIST_OMITS_RECIPIENT', 'deny', 'never'),
  N404: record('NOTICE_AMENDED_AFTER_COLLECTION', 'deny', 'never'),
  N402: record('RECIPIENT_NOT_IN_NOTICE', 'deny', 'never'),
  N403: record('PURPOSE_NOT_IN_NOTICE', 'deny', 'never'),
  N412: record('NOTICE_AFTER_COLLECTION', 'deny', 'never'),
  N413: record('LIST_DISCLOSURE_NOT_IN_NOTICE', 'deny'),
  N406: record('RECIPIENT_GENERIC_ONLY', 'deny'),
  N408: record('MATCHING_NOT_NOTIFIED', 'deny'),
  N409: record('ART14_NOTICE_OUTSTANDING', 'deny'),
  N410: record('NOTICE_DEFECTIVE', 'deny'),
  N411: record('RIGHT_TO_OBJECT_NOT_OFFERED', 'deny'),
  N405: record('RECIPIENT_SECTOR_ONLY', 'review'),
  B509: record('CONSENT_WITHDRAWN', 'deny', 'never'),
  B502: record('BASIS_SWITCHED', 'deny', 'never'),
  B508: record('CONSENT_OLDER_NOTICE', 'deny', 'never'),
  B505: record('CONSENT_RECIPIENT_NOT_NAMED', 'deny', 'never'),
  B512: record('CONSENT_INVALID_FORM', 'deny', 'never'),
  B506: record('CONSENT_PURPOSE_MISMATCH', 'deny', 'never'),
  B507: record('CONSENT_CHANNEL_MISMATCH', 'deny', 'never'),
  B510: record('CONSENT_EXPIRED', 'deny'),
  B511: record('CONSENT_EVIDENCE_INSUFFICIENT', 'deny'),
  B504: record('CONSENT_MISSING', 'deny', 'never'),
  B516: record('PURPOSE_INCOMPATIBLE', 'deny'),
  B515: record('NOT_REASONABLY_EXPECTED', 'review'),
  P605: record('CALLER_OBJECTION', 'deny', 'never'),
  P603: record('TPS_REGISTERED', 'deny'),
  P601: record('PECR_CONSENT_FOR_SENDER_MISSING', 'deny', 'never'),
  P606: record('OWN_SOFT_OPT_IN_UNPROVEN', 'deny', 'never'),
  P607: record('POLITICAL_TARGETING_CONDITIONS', 'deny', 'never'),
  C708: record('HEALTH_IMPLIED_BY_LIST', 'deny', 'never'),
  C711: record('EXPLICIT_CONSENT_MISSING', 'deny', 'never'),
  C701: record('CHILD_COMMERCIAL_SHARING', 'deny', 'never'),
  C702: record('CHILD_CONSENT_INVALID', 'deny', 'never'),
  C703: record('CHILD_CONSENT_NEEDS_REFRESH', 'deny'),
  C712: record('CHILD_REVEALED_BY_SELECTION', 'deny'),
  C709: record('CHILD_BEST_INTERESTS_REVIEW', 'review'),
  C707: record('AGE_UNKNOWN_CHILD_LIKELY', 'deny'),
  T801: record('TIMESTAMP_MISSING', 'deny'),
  T802: record('TIMESTAMP_AMBIGUOUS', 'deny'),
  T803: record('STATE_CHANGED_SINCE_SNAPSHOT', 'deny'),
  T806: record('IDENTITY_MATCH_AMBIGUOUS', 'deny'),
  F907: record('NO_FIELD_LEFT', 'deny', 'never'),
  C705: field('SPECIAL_CATEGORY_NO_CONDITION'),
  C706: field('CRIMINAL_DATA_NO_CONDITION'),
  C704: field('CHILD_FIELD_IN_ADULT_RECORD'),
  F901: field('FIELD_NOT_IN_AGREEMENT'),
  F902: field('FIELD_NOT_NECESSARY'),
  F903: field('FIELD_NOT_IN_NOTICE'),
  F904: field('FREE_TEXT_UNSCREENED'),
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

/** Said outside the S family: a yes taken back or never given, a number not to be called, a caller told to stop. */
const alsoVetoes: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['B509', 'B502', 'P603', 'P605'])

/**
 * What a person, or a doubt about who she is, says against a record: enough to call it back from whoever has it. How long we
 * may keep it, and how often she may be disclosed, is nobody's word.
 */
export function isVeto(code: ReasonCode): boolean {
  if (code === 'S308' || code === 'S309') return false
  return code.startsWith('S3') || code.startsWith('T8') || alsoVetoes.has(code)
}

/** Reasons nobody but the organisation's privacy lead may see behind: safety, bereavement, children, health, seeded rows. */
export function isMasked(code: ReasonCode): boolean {
  return code === 'S310' || code === 'S311' || code === 'S312' || code.startsWith('C7')
}
