// Who was disclosed to whom, as rows of the projection: members of releases as they left, less those of releases given up.
import type { SetEngine } from '../decide/set-engine.ts'
import type { CommittedBody } from '../model/release.ts'
import type { Register } from '../register/register.ts'
import { readDisclosed } from '../register/release-members.ts'
import { termNumbers } from '../register/term-numbers.ts'

type Step = { position: number; kind: string; about: string; body: string }

/** Takes up what happened to releases at positions in (after, upTo], within the caller's transaction of the engine. */
export async function projectDisclosures(
  register: Register,
  engine: SetEngine,
  { after, upTo }: { after: number; upTo: number },
): Promise<void> {
  const steps = await register.store.query<Step>(
    `select position, kind, about, body from register.record
      where kind in ('release.committed', 'release.amended', 'release.abandoned') and position > $1 and position <= $2
      order by position`,
    [after, upTo],
  )
  for (const step of steps) {
    if (step.kind === 'release.committed') await addMembers(register, engine, step, upTo)
    else if (step.kind === 'release.amended') await takeOutRemoved(register, engine, step)
    else await engine.run(`delete from disclosure where release = ${await committedAt(register, step.about)}`)
  }
}

async function addMembers(
  register: Register,
  engine: SetEngine,
  { position, body }: Step,
  upTo: number,
): Promise<void> {
  const { request, releaseAt } = JSON.parse(body) as CommittedBody
  const recipient = (await termNumbers(register, 'recipient', [request.recipient])).get(request.recipient)!
  const members = await readDisclosed(register.store, position, upTo)
  const rest = `${recipient}\t${releaseAt}\t${releaseAt}\t${position}\n`
  await engine.load(
    'disclosure',
    ['subject', 'recipient', 'earliest', 'latest', 'release'],
    lines(members.subjects(), rest),
  )
}

async function takeOutRemoved(
  register: Register,
  engine: SetEngine,
  { position, about }: Step,
): Promise<void> {
  const removed = await register.store.query<{ subject: number }>(
    'select subject from register.release_removal where position = $1',
    [position],
  )
  if (removed.length === 0) return
  const subjects = removed.map(({ subject }) => subject).join(', ')
  await engine.run(
    `delete from disclosure where release = ${await committedAt(register, about)} and subject in (${subjects})`,
  )
}

async function committedAt(register: Register, release: string): Promise<number> {
  const [found] = await register.store.query<{ position: number }>(
    "select position from register.record where kind = 'release.committed' and about = $1",
    [release],
  )
  if (found === undefined) throw new Error(`${release} was changed before it was committed`)
  return found.position
}

const LINES_AT_ONCE = 50_000

function* lines(subjects: Int32Array, rest: string): Generator<Uint8Array> {
  for (let first = 0; first < subjects.length; first += LINES_AT_ONCE) {
    let text = ''
    for (const subject of subjects.subarray(first, first + LINES_AT_ONCE)) text += `${subject}\t${rest}`
    yield Buffer.from(text, 'latin1')
  }
}
