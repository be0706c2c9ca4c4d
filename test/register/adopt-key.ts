// A process that adopts a signing key when it is told to, at an instant it waits for: two of them do so at once.
import { openFileKeyRing } from '../../src/adapters/keys/file-key-ring.ts'

export type AdoptAt = { folder: string; publicKey: string; at: number }

process.on('message', ({ folder, publicKey, at }: AdoptAt) => {
  const ring = openFileKeyRing({ folder, create: false })
  while (performance.timeOrigin + performance.now() < at);
  let answer: string
  try {
    answer = ring.adoptSigner(Buffer.from(publicKey, 'hex'))
  } catch (error) {
    answer = String(error)
  }
  process.send!(answer)
})
