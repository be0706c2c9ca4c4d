#!/usr/bin/env node
// Starts the command line: the compiled program when it is installed, the sources when in a checkout.
// Plain JavaScript without imports from us, so that a Node too old for the sources still gets a clear answer.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`fairshare needs Node 22.18 or newer; this is ${process.versions.node}.
In the checkout run it through npm (npm start, npm run -s fairshare -- …): npm ci brings a newer Node along.`)
  process.exit(5)
}
const compiled = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const entry = existsSync(compiled) ? '../dist/cli/main.js' : '../src/cli/main.ts'
const { main } = await import(entry)
process.exitCode = await main(process.argv.slice(2))
