// `node test/find-leaks.ts <file>…`: exits 1 when a word of made-up people stands in one of these files. What continuous
// integration asks of its own log.
import { createReadStream } from 'node:fs'
import { leakWatch } from './leak-watch.ts'

const paths = process.argv.slice(2)
if (paths.length === 0) throw new Error('no file to look through')
for (const path of paths) {
  const watch = leakWatch()
  for await (const chunk of createReadStream(path, 'utf8')) watch.look(chunk as string)
  if (watch.found() === 0) continue
  console.log(`${path}: a value of a person was printed ${watch.found()} times`)
  process.exitCode = 1
}
