// Two projects: `architecture` reads the sources and needs nothing; `main` is everything else, with real databases.
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
          exclude: ['test/architecture/**'],
          globalSetup: ['test/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
