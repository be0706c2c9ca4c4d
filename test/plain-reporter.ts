// Ends every run with one line a machine can read: `N passed, N failed`. A value of a made-up person in anything that the run
// printed, its errors and its child processes included, is a failure of its own.
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'
import { leakWatch, watchStream } from './leak-watch.ts'

export class PlainReporter implements Reporter {
  private readonly watch = leakWatch()

  onInit(): void {
    watchStream(process.stdout, this.watch)
    watchStream(process.stderr, this.watch)
  }

  /** Before other reporters decide whether they show it. */
  onUserConsoleLog({ content }: { content: string }): void {
    this.watch.look(content)
  }

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
    if (this.watch.found() > 0) {
      console.log(`a value of a person was printed ${this.watch.found()} times`)
      failed++
    }
    // A run that failed before any test, or found none, must not look clean.
    if (failed === 0 && (passed === 0 || reason !== 'passed')) failed = 1
    // The caller asks how the process ended as well.
    if (failed > 0) process.exitCode = 1
    console.log(`${passed} passed, ${failed} failed`)
  }
}
