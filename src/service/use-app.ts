// One piece of work with the app open: opened before it, closed after it, whatever happens.
import { Problem } from '../model/problem.ts'
import type { Configuration } from './configuration.ts'
import { type App, openApp } from './open-app.ts'
import { registerExists } from './read-status.ts'

export async function useApp<T>(configuration: Configuration, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(configuration)
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

/** For work that makes no sense in a register that is new: a mistyped folder is not turned into one. */
export async function useExisting<T>(
  configuration: Configuration,
  work: (app: App) => Promise<T>,
): Promise<T> {
  if (!(await registerExists(configuration))) throw new Problem('register.missing', configuration.home)
  return useApp(configuration, work)
}
