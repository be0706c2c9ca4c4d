// One piece of work with the app open: opened before it, closed after it, whatever happens.
import type { Configuration } from './configuration.ts'
import { type App, openApp } from './open-app.ts'

export async function useApp<T>(configuration: Configuration, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(configuration)
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}
