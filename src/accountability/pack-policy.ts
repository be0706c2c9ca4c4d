// The policy that decisions read, as it stood when they were made: the bodies behind the hashes that the log holds.
import type {
  Assessment,
  AttributionRule,
  Determination,
  NoticeVersion,
  ProcessingRecord,
  Prohibition,
  SharingAgreement,
} from '../model/policy.ts'
import type { DecisionBody } from '../model/release.ts'
import type { PolicyVersion } from '../register/publish-policy.ts'

export type KeptVersion = PolicyVersion & { body: string }

/** Everything in force at a position: the newest version of each item unless it was retired, and every notice. */
export function inForceAt(versions: readonly PolicyVersion[], position: number): KeptVersion[] {
  const newest = new Map<string, PolicyVersion>()
  for (const version of versions) {
    if (version.position > position) continue
    newest.set(
      version.kind === 'notice'
        ? `${version.kind} ${version.name} ${version.version}`
        : `${version.kind} ${version.name}`,
      version,
    )
  }
  return [...newest.values()].filter((version): version is KeptVersion => version.body !== undefined)
}

/** Of these, what the decision read of the recipient, the purpose and the notices of its people. */
export function readByDecision(
  inForce: readonly KeptVersion[],
  { request }: Pick<DecisionBody, 'request'>,
  notices: ReadonlySet<number>,
): KeptVersion[] {
  const chain = new Set([request.recipient, ...request.onBehalfOf])
  const shown = new Set(
    inForce.filter(({ kind, number }) => kind === 'notice' && notices.has(number)).map(noticeIdOf),
  )
  return inForce.filter((version) => {
    const { kind, name } = version
    switch (kind) {
      case 'controller':
        return true
      case 'entity':
        return chain.has(name)
      case 'purpose':
        return name === request.purpose
      case 'dataset':
        return name === request.dataset
      case 'notice':
        return shown.has(noticeIdOf(version))
      case 'attribution':
        return shown.has(bodyOf<AttributionRule>(version).notice)
      case 'agreement':
        return bodyOf<SharingAgreement>(version).recipient === request.recipient
      case 'assessment':
        return isAbout(bodyOf<Assessment>(version), request)
      case 'determination':
        return isAbout(bodyOf<Determination>(version), request)
      case 'processing':
        return bodyOf<ProcessingRecord>(version).recipients.some((recipient) => chain.has(recipient))
      case 'prohibition':
        return isOver(bodyOf<Prohibition>(version), request)
      // A copy for a contractor's work, and what feeds promise, decide over nobody's record by themselves.
      default:
        return false
    }
  })
}

function isAbout(
  { recipient, purpose }: { recipient: string; purpose: string },
  request: DecisionBody['request'],
): boolean {
  return recipient === request.recipient && purpose === request.purpose
}

/** An absent scope forbids everything. */
function isOver({ recipient, purpose }: Prohibition, request: DecisionBody['request']): boolean {
  return (
    (recipient === undefined || recipient === request.recipient) &&
    (purpose === undefined || purpose === request.purpose)
  )
}

export function noticeIdOf({ name, version }: Pick<PolicyVersion, 'name' | 'version'>): string {
  return `${name}@${version}`
}

/** Our own canonical text, read from an append-only table: its type follows from its kind. */
export function bodyOf<T>({ body }: KeptVersion): T {
  return JSON.parse(body) as T
}

/** Letters and digits a name in an archive may have; anything else stays out of it, and is named. */
export function isPathPart(text: string): boolean {
  return text.split('/').every((part) => /^[A-Za-z0-9._@+-]*[A-Za-z0-9_@+-]$/.test(part))
}

export type NoticeVersions = ReadonlyMap<number, { id: string; sha256: string; version: NoticeVersion }>

/** Every notice version ever published, by number. */
export function noticesOf(versions: readonly PolicyVersion[]): NoticeVersions {
  return new Map(
    versions.flatMap((version) =>
      version.kind === 'notice' && version.body !== undefined
        ? [
            [
              version.number,
              {
                id: noticeIdOf(version),
                sha256: version.sha256,
                version: JSON.parse(version.body) as NoticeVersion,
              },
            ] as const,
          ]
        : [],
    ),
  )
}
