// Three projects: `architecture` reads the sources and needs nothing; `interop` asks programs that we did not write; `main` is
// everything else, with real databases.
import { defineConfig } from 'vitest/config'
import { PlainReporter } from './test/plain-reporter.ts'

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', new PlainReporter()],
    projects: [
      { test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'] } },
      {
        test: {
          name: 'main',
          include: ['test/**/*.test.ts'],
          exclude: ['test/architecture/**', 'test/interop/**'],
          globalSetup: ['test/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          globalSetup: ['test/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
