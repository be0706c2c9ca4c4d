// The policy of the messy base: that of `test/cases/_base/marketing`, with a brand that moved between companies, a version of
// a notice that came after it moved, and customers of whom some may be children.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { App } from '../../src/service/open-app.ts'
import { publishPolicyFolders } from '../../src/service/publish-policy-folders.ts'
import type { Request } from './truth.ts'

const base = fileURLToPath(new URL('../../test/cases/_base/marketing/', import.meta.url))

/** Writes the policy into `folder` and publishes it; gives the path of each request's file. */
export async function publishMessyPolicy(
  app: App,
  folder: string,
  requests: readonly Request[],
): Promise<string[]> {
  cpSync(base, folder, { recursive: true, filter: (path) => !path.endsWith('standing.yaml') })
  const edit = (file: string, from: string | RegExp, to: string) => {
    const text = readFileSync(join(folder, file), 'utf8')
    const edited = text.replace(from, to)
    if (edited === text)
      throw new Error(`${file} of the base has changed: mend bench/messy/publish-policy.ts`)
    writeFileSync(join(folder, file), edited)
  }
  edit('entities/brand.yaml', 'from: 2001-01-01', 'from: 2016-07-01')
  edit(
    'entities/other-brand.yaml',
    'registration:',
    'brands:\n  - name: Harlow\n    from: 2001-01-01\n    to: 2016-07-01\nregistration:',
  )
  edit('datasets/customers.yaml', 'childrenLikely: false', 'childrenLikely: true')
  const later = readFileSync(join(folder, 'notices/names-by-brand-name/2015.md'), 'utf8')
    .replace('version: "2015"', 'version: "2017"')
    .replace('effectiveOn: 2015-06-01', 'effectiveOn: 2017-01-01')
  writeFileSync(join(folder, 'notices/names-by-brand-name/2017.md'), later)
  await publishPolicyFolders(app, [folder], 'Ines Carver')
  const asked = `${folder}-requests`
  mkdirSync(asked)
  return requests.map((request) => {
    const path = join(asked, `${request.id}.yaml`)
    writeFileSync(path, requestText(request))
    return path
  })
}

function requestText({ channel, basis }: Request): string {
  return [
    'title: A toy maker writes to customers',
    'dataset: customers',
    'recipient: brand',
    'role: controller',
    'purpose: toy-offers',
    `channels: [${channel}]`,
    `basis: ${basis}`,
    `fields: [full_name, ${channel === 'post' ? 'home_address' : 'email'}]`,
    'consideration: none',
    'agreement: brand',
    'necessity: An offer needs a name and an address and nothing more.',
    'requestedBy: Dana Whitlock',
    'releaseAt: 2018-11-12T09:00:00Z',
    'useWindowDays: 28',
    '',
  ].join('\n')
}
