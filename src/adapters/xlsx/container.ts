// What stands in place of a workbook when a file is no ZIP: the older formats of Office share one container, a password's among them.
import { open } from 'node:fs/promises'
import type { Refuse } from './unreadable.ts'

const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const HEADER_BYTES = 512
const DIRECTORY_BYTES = 4096

/** Returns for a file that begins like a ZIP. */
export async function refuseOtherContainers(path: string, refuse: Refuse): Promise<void> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    const head = buffer.subarray(0, bytesRead)
    if (head.length >= 4 && head.readUInt32LE(0) === 0x04034b50) return
    if (head.length < HEADER_BYTES || !head.subarray(0, 8).equals(OLE))
      throw refuse('is not a workbook (.xlsx)')
    const at = (head.readUInt32LE(48) + 1) * 2 ** head.readUInt16LE(30)
    const names = Buffer.alloc(DIRECTORY_BYTES)
    if (Number.isSafeInteger(at)) await handle.read(names, 0, DIRECTORY_BYTES, at)
    if (names.includes(Buffer.from('EncryptedPackage', 'utf16le')))
      throw refuse('is protected with a password: save it without one')
    throw refuse('is a workbook of Excel 97 to 2003 (.xls): save it as .xlsx')
  } finally {
    await handle.close()
  }
}
