// Prints the software bill of materials; `scripts/build.ts` puts the same into what is published, as dist/sbom.cdx.json.
import { makeBom } from './bom.ts'

process.stdout.write(`${JSON.stringify(makeBom(), undefined, 2)}\n`)
