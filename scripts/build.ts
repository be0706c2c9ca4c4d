// Makes dist/ anew: the compiled program, beside each compiled example the policy, mappings and requests it reads, and the bill of
// materials.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeBom } from './bom.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

// What was compiled from a file that is gone must not be packed.
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
cpSync(join(root, 'examples'), join(root, 'dist', 'examples'), {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || /\.(yaml|md)$/.test(path),
})
writeFileSync(join(root, 'dist', 'sbom.cdx.json'), `${JSON.stringify(makeBom(), undefined, 2)}\n`)
