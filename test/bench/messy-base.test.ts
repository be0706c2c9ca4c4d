// The messy base is made, imported, checked and held against its labels; one that shows nothing fails.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Human, whyNot } from '../../bench/messy/truth.ts'

const program = fileURLToPath(new URL('../../bench/messy-base.ts', import.meta.url))
const run = (people: number) =>
  promisify(execFile)(process.execPath, [program, '--people', String(people), '--json'])

describe('the messy base', () => {
  it('lets nobody leave who must not, and somebody who may', async () => {
    const { reports } = JSON.parse((await run(250)).stdout)
    expect(reports).toHaveLength(3)
    for (const { records, mayLeave, left, wrongReleases, request } of reports) {
      expect(wrongReleases, request).toEqual([])
      expect(left, request).toBeGreaterThan(0)
      expect(mayLeave, request).toBeLessThan(records)
    }
  })

  it('fails where it has nobody to show', async () => {
    await expect(run(1)).rejects.toThrow('shows nothing')
  })
})

describe('a label', () => {
  const at = Date.parse('2018-06-01T10:00:00Z')
  const told: Human = {
    ...{
      given: 'Ada',
      family: 'Marsh',
      address: '1 Mill Lane',
      email: 'ada@example.org',
      phone: '01174960001',
    },
    ...{ bornOn: '1980-05-05', numbers: ['C1'], seed: false },
    happened: [{ at, what: 'shown', notice: 'names-brand@2015' }],
  }
  const byPost = { id: 'by-post', channel: 'post', basis: 'legitimate-interests' } as const

  it('is made from what happened', () => {
    expect(whyNot(told, byPost, [])).toBeUndefined()
    const stop = { at: at + 1, what: 'objected', channel: undefined, recipient: undefined } as const
    const stopped: Human = { ...told, happened: [...told.happened, stop] }
    expect(whyNot(stopped, byPost, [])).toBe('objected, and not yes since')
    expect(whyNot(told, { ...byPost, channel: 'email' }, [{ ...stopped }])).toBe(
      'a contact point is suppressed',
    )
    expect(whyNot({ ...told, happened: [] }, byPost, [])).toBe('was shown nothing')
  })
})
