// Ends every run with one line a machine can read: `N passed, N failed`.
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

export class PlainReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    let passed = 0
    // A file that cannot be loaded and an error outside any test are failures too.
    let failed = unhandled.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        // A run that was cut short did not test what is still pending.
        else failed++
      }
    }
    // A run that failed before any test, or found none, must not look clean.
    if (failed === 0 && (passed === 0 || reason !== 'passed')) failed = 1
    console.log(`${passed} passed, ${failed} failed`)
  }
}
