// The size and root last signed, as one line in a file of its own. Lost: a register that went back in time is noticed only
// by those who kept a checkpoint. Rolled back together with the data: the same. So it belongs with the keys.
import { isProblem, Problem } from '../../model/problem.ts'
import type { SignedState } from '../../register/log-store.ts'
import { openPlain } from './open-plain.ts'
import { writeWhole } from './write-whole.ts'

const FILE_MODE = 0o600
const LINE = /^(0|[1-9][0-9]{0,15}) ([0-9a-f]{64})\n$/

export function openSignedState(path: string): SignedState {
  return {
    async read() {
      const text = await readText(path)
      if (text === undefined) return undefined
      const [, size, root] = LINE.exec(text) ?? []
      // Taking it for "never signed" would let the next publication sign a second history.
      if (size === undefined || root === undefined || !Number.isSafeInteger(Number(size)))
        throw new Problem('log.state_unusable', `${path} does not say what was signed`)
      return { size: Number(size), root: new Uint8Array(Buffer.from(root, 'hex')) }
    },
    write: ({ size, root }) =>
      writeWhole(path, Buffer.from(`${size} ${Buffer.from(root).toString('hex')}\n`), FILE_MODE),
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const file = await openPlain(path)
    return await file.readFile('latin1').finally(() => file.close())
  } catch (cause) {
    if (isProblem(cause) && cause.code === 'file.missing') return undefined
    throw new Problem('log.state_unusable', `${path} cannot be read`, { cause })
  }
}
