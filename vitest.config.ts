// Four projects. `architecture` reads the sources and needs nothing. `main` is what a change is tried against: real databases,
// every room. `deep` are the long ones, from whole stories to kills, and `interop` asks programs that we did not write: CI runs all.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { deepTests } from './test/deep-tests.ts'
import { PlainReporter } from './test/plain-reporter.ts'

for (const file of deepTests)
  if (!existsSync(fileURLToPath(new URL(file, import.meta.url)))) throw new Error(`there is no test ${file}`)

const withDatabases = { globalSetup: ['test/global-setup.ts'] }

export default defineConfig({
  test: {
    maxWorkers: 2,
    // Modules are read once for each worker, not once for each file: a third of the time. No test may change one.
    isolate: false,
    reporters: ['default', new PlainReporter()],
    projects: [
      { test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'] } },
      {
        test: {
          name: 'main',
          include: ['test/**/*.test.ts'],
          exclude: ['test/architecture/**', 'test/interop/**', ...deepTests],
          ...withDatabases,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'deep',
          include: [...deepTests],
          ...withDatabases,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          ...withDatabases,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
