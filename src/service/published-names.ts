// The names a statement may use: whatever has ever been published. A misspelt recipient would take a person's
// objection and protect her from nobody.
import type { AttributionRule, Controller, LegalEntity, NoticeVersion, Purpose } from '../model/policy.ts'
import type { Jurisdiction } from '../model/vocabulary.ts'
import type { Register } from '../register/open-register.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'

export type PublishedNames = {
  /** By `notice@version`. */
  notice: string[]
  route: string[]
  purpose: string[]
  recipient: string[]
  /** The controller's; undefined before the first publication. */
  zone: string | undefined
  jurisdiction: Jurisdiction | undefined
}

export async function readPublishedNames(register: Register): Promise<PublishedNames> {
  const versions = await readPublishedPolicy(register)
  const bodies = <T>(kind: string): T[] =>
    versions.flatMap((version) =>
      version.kind === kind && version.body !== undefined ? [JSON.parse(version.body) as T] : [],
    )
  const controllers = bodies<Controller>('controller')
  const controller = controllers.at(-1)
  const notices = bodies<NoticeVersion>('notice')
  return {
    notice: distinct(notices.map(({ id }) => id)),
    route: distinct([
      ...notices.flatMap(({ routes }) => routes),
      ...bodies<AttributionRule>('attribution').map(({ route }) => route),
    ]),
    purpose: distinct(bodies<Purpose>('purpose').map(({ id }) => id)),
    // People also say yes and no to the controller itself.
    recipient: distinct([...controllers, ...bodies<LegalEntity>('entity')].map(({ id }) => id)),
    zone: controller?.zone,
    jurisdiction: controller?.jurisdiction,
  }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
