// The checks of the faults run can fail: each of them is shown a place in which what it looks for is wrong, and one in which it is not.
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bundlePath, TILE_WIDTH } from '../../src/log/tiles.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { chanceFrom } from '../chance.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  openClub,
  recipient,
  start,
  statement,
} from '../release/small-club.ts'
import {
  checkAcknowledged,
  checkLeftBehind,
  checkLogGoesOn,
  checkNoTemporaryFiles,
  checkNothingUnderWay,
  checkOutbox,
  checkPositions,
  checkProjection,
  compareKinds,
  countKinds,
  signedTrees,
} from './check-place.ts'
import type { DiskEvent } from './disk-order.ts'
import { failAt, type OnCall, watchedPorts } from './failing-ports.ts'
import { cutPower, watchHome } from './power-cut.ts'
import { reportLines } from './report-rounds.ts'
import type { RoundResult } from './rounds.ts'

const folders = newFolder('fault-checks')
afterAll(() => folders.remove())

let prepared: PreparedClub
let club: Club
let home: string
let delivered: string

beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (made) => {
    await askAndApprove(made, 'letter')
    await releaseRequest(await made.context(), 'letter')
    await publishLog(made.app.register, made.app.log)
  })
})
beforeEach(async () => {
  const place = await copyOf(prepared)
  home = place.home
  club = await openClub({ ...place, clock: { at: start } })
  const [name] = readdirSync(join(home, 'outbox', recipient))
  delivered = join(home, 'outbox', recipient, name!)
})
afterEach(() => club.close())

const store = () => club.app.register.store
/** As the owner of the tables, who is not who works with them. */
const asOwner = 'reset role; alter table register.event disable trigger all;'

describe('in a register', () => {
  test('dense positions and whole batches are found to be so, and a batch or event that is gone is missed', async () => {
    expect(await checkPositions(store())).toEqual([])
    await store().script(
      `${asOwner} delete from register.event where position = (select max(position) from register.event);`,
    )
    expect(await checkPositions(store())).toEqual(['1 batches without all of their events'])
    await store().script('update register.head set position = position + 1')
    expect(await checkPositions(store())).toHaveLength(2)
  })

  test('a fact that was acknowledged and is not there, or elsewhere, is missed', async () => {
    const key = 'said'
    const said = {
      ...statement(9, start),
      qualifier: 'general',
      recipient: 'other',
      idempotencyKey: key,
    } as const
    const { position } = await objectToProcessing(club.app.register, said)
    expect(await checkAcknowledged(store(), [{ key, position }])).toEqual([])
    expect(await checkAcknowledged(store(), [{ key, position: position + 1 }])).toHaveLength(1)
    expect(await checkAcknowledged(store(), [{ key: 'unheard', position }])).toEqual([
      `"unheard" was acknowledged at ${position} and is at no position`,
    ])
  })

  test('what is there twice is counted, but for what may be sealed again', async () => {
    const before = await countKinds(store())
    expect(compareKinds(before, before)).toEqual([])
    const twice = new Map([...before, ['release.delivered', 2], ['release.sealed', 5]])
    expect(compareKinds(twice, before)).toEqual(['2 of release.delivered, undisturbed it is 1'])
    expect(compareKinds(twice, before, true)).toHaveLength(2)
    expect(compareKinds(before, new Map([...before, ['erasure', 1]]))).toHaveLength(1)
  })
})

describe('of a log', () => {
  test('a signed tree that the register does not lead to, or not yet, is a fork', async () => {
    const trees = await signedTrees(club.app)
    expect(trees).toHaveLength(2)
    expect(await checkLogGoesOn(club.app, trees)).toEqual([])
    const other = { size: trees[0]!.size, root: new Uint8Array(32) }
    expect(await checkLogGoesOn(club.app, [other])).toEqual([
      `the signed tree of ${other.size} is not of this register`,
    ])
    expect(await checkLogGoesOn(club.app, [{ ...other, size: 10_000 }])).toHaveLength(1)
  })

  test('a tile that is not what it should be is found', async () => {
    const { size } = (await signedTrees(club.app))[0]!
    const path = bundlePath(Math.floor(size / TILE_WIDTH), size % TILE_WIDTH)
    writeFileSync(join(home, 'log', path), 'spoiled')
    expect(await checkLogGoesOn(club.app, [])).toHaveLength(1)
  })
})

describe('of what left', () => {
  test('a delivery as it was sealed is in order', async () => {
    expect(await checkOutbox(club.app)).toEqual([])
    expect(await checkNothingUnderWay(club.app)).toEqual([])
  })

  test('a folder that the register does not know, or with other bytes, or a delivery that is gone, is found', async () => {
    cpSync(delivered, join(home, 'outbox', recipient, 'letter@99'), { recursive: true })
    expect(await checkOutbox(club.app)).toEqual([
      'letter@99 lies in the outbox and is not on record as sealed',
    ])
    rmSync(join(home, 'outbox', recipient, 'letter@99'), { recursive: true })
    writeFileSync(join(delivered, 'records.csv.age'), 'other bytes')
    expect(await checkOutbox(club.app)).toHaveLength(1)
  })

  test('a folder that became visible before the log was signed over it is found', async () => {
    await club.app.log.signed.write({ size: 1, root: new Uint8Array(32) })
    expect((await checkOutbox(club.app)).join()).toMatch(/left before a checkpoint covered it$/)
  })

  test('a recipient’s folder that is gone although it was delivered is missed', async () => {
    rmSync(delivered, { recursive: true })
    expect((await checkOutbox(club.app)).join()).toMatch(/is on record as delivered, and is not there$/)
  })

  test('a release that is not finished, and a staged folder that stayed, are found', async () => {
    mkdirSync(join(home, 'outbox', '.staging', 'letter@99'), { recursive: true })
    expect(await checkNothingUnderWay(club.app)).toEqual(['letter@99 is still staged'])
    await askAndApprove(club, 'second')
    const stop = new Error('stop')
    const at = (point: string) => {
      if (point === 'committed') throw stop
    }
    await expect(releaseRequest(await club.context(), 'second', { at })).rejects.toBe(stop)
    expect((await checkNothingUnderWay(club.app)).join()).toContain('is still under way')
  })
})

describe('of what lies about', () => {
  test('a projection that lacks an event is not what the register says', async () => {
    expect(await checkProjection(club)).toEqual([])
    await club.app.engine.run('delete from consent where subject = 4')
    expect(await checkProjection(club)).toEqual(["the projection's consent is not what the register says"])
  })

  test('somebody’s data outside the file they came from, and temporary files, are found', async () => {
    expect(checkLeftBehind(home, 0)).toEqual([])
    writeFileSync(join(home, 'outbox', 'part'), `x${canaries[0]}`)
    expect(checkLeftBehind(home, 0)).toEqual(["outbox/part holds somebody's data"])
    mkdirSync(join(home, 'temporary'), { recursive: true })
    writeFileSync(join(home, 'temporary', 'load-1.tsv'), '')
    expect(checkNoTemporaryFiles(home)).toEqual(['temporary/load-1.tsv was left'])
  })
})

describe('a power cut', () => {
  const place = () => {
    const folder = join(folders.path, `cut-${Math.random()}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'old'), 'synced')
    return folder
  }
  const inode = (path: string) => statSync(path).ino
  const textOf = (path: string) => readFileSync(path, 'utf8')
  const journal = (path: string, events: readonly DiskEvent[]) =>
    writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''))

  test('keeps what was synced and loses what was written or named since', () => {
    const folder = place()
    const watched = watchHome(folder, `${folder}.aside`)
    const watch = watched.order.watch!
    writeFileSync(join(folder, 'old'), 'written over')
    writeFileSync(join(folder, 'new'), 'named, and not synced')
    writeFileSync(join(folder, 'kept'), 'synced whole')
    copyFileSync(join(folder, 'kept'), join(watch.shadow, String(inode(join(folder, 'kept')))))
    const root = inode(folder)
    journal(watched.order.journal, [
      {
        is: 'linked',
        folder: root,
        name: 'kept',
        file: inode(join(folder, 'kept')),
        isFolder: false,
        isNew: true,
      },
      { is: 'file synced', file: inode(join(folder, 'kept')) },
      {
        is: 'linked',
        folder: root,
        name: 'new',
        file: inode(join(folder, 'new')),
        isFolder: false,
        isNew: true,
      },
    ])
    cutPower(watched, 'synced', chanceFrom(1))
    expect(readdirSync(folder).sort()).toEqual(['kept', 'old'])
    expect(textOf(join(folder, 'old'))).toBe('synced')
    expect(textOf(join(folder, 'kept'))).toBe('synced whole')
  })

  test('undoes a rename whose folder was not synced', () => {
    const folder = place()
    const watched = watchHome(folder, `${folder}.aside`)
    const file = inode(join(folder, 'old'))
    const root = inode(folder)
    const renamed: DiskEvent[] = [
      { is: 'linked', folder: root, name: 'renamed', file, isFolder: false, isNew: false },
      { is: 'file synced', file },
      { is: 'unlinked', folder: root, name: 'old' },
    ]
    journal(watched.order.journal, renamed)
    cutPower(watched, 'synced', chanceFrom(1))
    expect(readdirSync(folder)).toEqual(['old'])
  })
})

test('a port fails at the call that was chosen, before it had an effect or after', async () => {
  for (const when of ['before', 'after'] as const) {
    const made: string[] = []
    const fault = { port: 'outbox', call: 2, when, lasting: false, error: 'disk full' } as const
    const decorate = watchedPorts(failAt(fault))
    const outbox = decorate('outbox', {
      ...(await club.context()).outbox,
      stage: async (name) => {
        made.push(name)
        return name
      },
    })
    expect(await outbox.stage('a')).toBe('a')
    await expect(outbox.stage('b')).rejects.toMatchObject({ code: 'disk.full' })
    expect(await outbox.stage('c')).toBe('c')
    expect(made).toEqual(when === 'before' ? ['a', 'c'] : ['a', 'b', 'c'])
  }
})

test('a transaction whose commit is not heard of is committed, and one that fails before it is not', async () => {
  const count = async () => (await store().query('select 1 from register.term')).length
  for (const when of ['before', 'after'] as const) {
    const before = await count()
    const onCall: OnCall = (_port, call, now) => {
      if (call === 'commit' && now === when) throw new Error('lost')
    }
    const watched = watchedPorts(onCall)('store', store())
    const adding = watched.transaction((session) =>
      session.query(
        `insert into register.term (number, kind, name, position) values (${900 + before}, 'source', 'of ${when}', 1)`,
      ),
    )
    await expect(adding).rejects.toThrow('lost')
    expect((await count()) - before).toBe(when === 'after' ? 1 : 0)
  }
})

test('a run of rounds fails by one violation or one crash without a code', () => {
  const sound: RoundResult = {
    round: { number: 1, task: 'release', store: 'pglite', strike: { kind: 'kill', afterMs: 1 } },
    ...{ struck: { x: 1 }, uncoded: [], violations: [], seconds: 1, acknowledged: 3, foundAgain: 3 },
  }
  expect(reportLines([sound], 1)).toMatchObject({ failed: 0 })
  expect(reportLines([sound, { ...sound, violations: ['lost'] }], 1).failed).toBe(1)
  expect(reportLines([{ ...sound, uncoded: ['TypeError'] }, sound], 1).lines.at(-1)).toBe(
    '1 passed, 1 failed',
  )
})
