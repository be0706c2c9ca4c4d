// Reminders, each once per duty, day, stage, reader and way: the letter first, then the record that it was accepted. Dying in between
// sends it again, under the same name and message id; the other order could leave a duty that nobody was told of.
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { type DateNumber, dateToIso } from '../model/instant.ts'
import type { Party, RemindedBody } from '../model/release.ts'
import { reminderFormat } from '../model/statement.ts'
import { recordDocument } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { signAsRegister } from '../release/build-manifest.ts'
import type { Held, Obligation } from './obligation.ts'
import type { Letter, Post, Posted } from './post.ts'
import { occasionKey, readReminders, reminderKey } from './read-reminders.ts'
import { type Stage, stageOf } from './reminder-stages.ts'
import { oneLine, writeReminder } from './write-reminder.ts'

export type Reminding = {
  register: Register
  controller: Party
  /** Of each entity that has one, and our own. */
  addresses: { holders: ReadonlyMap<string, string>; us: string | undefined }
  posts: readonly Post[]
  today: DateNumber
  actor: string
  /** Says what would be sent, and sends nothing. */
  dryRun?: boolean
}

/** `written`: a file that is still to be sent. `not-sent`: tried in vain, tried again by the next run. `planned`: by a dry run. */
export type Reminder = {
  obligation: Obligation
  stage: Stage
  to: 'holder' | 'us'
  way: Post['way']
  outcome: 'sent' | 'written' | 'planned' | 'not-sent'
  because?: string
  /** Of what was written: the file that somebody sends. */
  path?: string
}

type Due = { obligation: Obligation & { dueOn: DateNumber }; stage: Stage }

export async function sendReminders(
  reminding: Reminding,
  obligations: readonly Obligation[],
): Promise<Reminder[]> {
  const told = await readReminders(reminding.register.store)
  const due = obligations.flatMap((obligation): Due[] => {
    const stage = stageOf(obligation, reminding.today)
    const { dueOn } = obligation
    return stage === undefined || dueOn === undefined ? [] : [{ obligation: { ...obligation, dueOn }, stage }]
  })
  const bundles = [...holderBundles(due), ...ourBundle(reminding, due)]
  const reminders: Reminder[] = []
  for (const post of reminding.posts) reminders.push(...(await sendAll(reminding, post, bundles, told)))
  return reminders
}

/** Until the way is closed: whatever would have gone there waits for the next run. */
async function sendAll(
  reminding: Reminding,
  post: Post,
  bundles: readonly Bundle[],
  told: ReadonlySet<string>,
): Promise<Reminder[]> {
  const reminders: Reminder[] = []
  const { way } = post
  for (const { to, about } of bundles) {
    const untold = about.filter((due) => !told.has(reminderKey(remindedOf(due, to, way))))
    if (untold.length === 0) continue
    const letter = letterOf(reminding, { to, about: untold })
    if (!post.reaches(letter)) continue
    const { over, ...outcome } = await deliver(reminding, post, letter, { to, about: untold })
    reminders.push(...untold.map((one) => ({ ...one, to, way, ...outcome })))
    if (over === true) break
  }
  return reminders
}

type Outcome = Pick<Reminder, 'outcome' | 'because' | 'path'> & { over?: boolean }

async function deliver(
  { register, actor, dryRun }: Reminding,
  post: Post,
  letter: Letter,
  { to, about }: Bundle,
): Promise<Outcome> {
  if (dryRun === true) return { outcome: 'planned' }
  const posted: Posted = await post.send(letter)
  if (!posted.accepted) return { outcome: 'not-sent', because: posted.because, over: posted.over }
  for (const due of about) {
    const { of } = due.obligation
    const body = remindedOf(due, to, post.way)
    await recordDocument(register, {
      kind: reminderKind(of),
      about: aboutOf(of),
      body: canonicalJson(body),
      actor,
      idempotencyKey: `reminded:${reminderKey(body)}`,
    })
  }
  return posted.path === undefined ? { outcome: 'sent' } : { outcome: 'written', path: posted.path }
}

function remindedOf({ obligation, stage }: Due, to: Reminder['to'], way: Post['way']): RemindedBody {
  const { of, id, dueOn, dueAt, dispute } = obligation
  return {
    ...of,
    ...{ obligation: id, stage, to, way, dueOn },
    ...(dueAt !== undefined && { dueAt }),
    ...(dispute !== undefined && { dispute }),
  }
}

function reminderKind(of: Held): string {
  if ('release' in of) return 'release.reminded'
  return 'copy' in of ? 'copy.reminded' : 'work-order.reminded'
}

function aboutOf(of: Held): string {
  if ('release' in of) return of.release
  return 'copy' in of ? of.copy : of.workOrder
}

// --- who is told what --------------------------------------------------------------------------------------------

type Bundle = { to: Reminder['to']; about: readonly Due[] }

/** One letter for each duty that its holder can answer. What we have not sent, or have to close, is ours. */
function holderBundles(due: readonly Due[]): Bundle[] {
  return due
    .filter(
      ({ obligation: { kind, state, unsent } }) =>
        kind !== 'close-work-order' && state !== 'disputed' && unsent !== true,
    )
    .map((one) => ({ to: 'holder', about: [one] }))
}

/** One letter to ourselves with whatever is red. */
function ourBundle({ addresses }: Reminding, due: readonly Due[]): Bundle[] {
  const red = due.filter(({ obligation: { light } }) => light === 'red')
  return addresses.us === undefined || red.length === 0 ? [] : [{ to: 'us', about: red }]
}

function letterOf(reminding: Reminding, { to, about }: Bundle): Letter {
  const { register, controller, addresses } = reminding
  const ids = about.map(({ obligation, stage }) => `${obligation.id} ${stage} ${occasionKey(obligation)}`)
  const [first] = about
  const { subject, text } =
    to === 'us' ? writeToUs(about) : writeReminder(first!.obligation, first!.stage, controller)
  const reader = to === 'us' ? undefined : first!.obligation.who.id
  return {
    ...{ reader, subject, text },
    name: to === 'us' ? 'red' : nameOf(first!),
    address: reader === undefined ? addresses.us : addresses.holders.get(reader),
    // Its first line says what the key signs, so that no letter is taken for another of the register's statements.
    note: signAsRegister(register, `${reminderFormat}\n\n${text}`),
    digest: sha256Hex(`${register.registerId}\n${to}\n${ids.join('\n')}`).slice(0, 40),
  }
}

/** With its day: the letter about a day that has moved takes the place of no other. */
function nameOf({ obligation: { id, dueOn }, stage }: Due): string {
  return `${id.replaceAll('/', '.')}.${stage}.${dateToIso(dueOn)}`
}

function writeToUs(about: readonly Due[]): { subject: string; text: string } {
  const lines = about.flatMap(({ obligation: { who, words, id, todo } }) => [
    `${who.name}: ${words} (${id})`,
    ...(todo === undefined ? [] : [`  ${todo}`]),
  ])
  const head = `${about.length === 1 ? '1 obligation is' : `${about.length} obligations are`} red`
  return {
    subject: head,
    text: `${[`${head}. \`fairshare obligations\` has the whole list.`, '', ...lines].map(oneLine).join('\n')}\n`,
  }
}
