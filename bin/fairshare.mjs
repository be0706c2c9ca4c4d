#!/usr/bin/env node
// Starts the command line: the sources in a checkout, the compiled program where it is installed.
// Plain JavaScript without imports from us, so that a Node too old for the sources still gets a clear answer.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`fairshare needs Node 22.18 or newer; this is ${process.versions.node}.
In the checkout run it through npm (npm start, npm run -s fairshare -- …): npm ci brings a newer Node along.`)
  process.exit(5)
}
// Sources first: a checkout that was built once must not go on running what it was then.
const source = '../src/cli/main.ts'
const inCheckout = existsSync(fileURLToPath(new URL(source, import.meta.url)))
const { main } = await import(inCheckout ? source : '../dist/src/cli/main.js')
process.exitCode = await main(process.argv.slice(2))
