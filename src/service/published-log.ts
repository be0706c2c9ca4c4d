// The published log as files: what it takes to serve or check one without opening a register.
import { join } from 'node:path'
import { openLogFolder } from '../adapters/files/log-folder.ts'
import type { LogStore } from '../register/log-store.ts'
import type { Configuration } from './configuration.ts'

/** Where a data folder has its published log; the whole of it may be copied to any web server. */
export function publishedLogFolder({ home }: Pick<Configuration, 'home'>): string {
  return join(home, 'log')
}

export function openPublishedLog(folder: string): LogStore {
  return openLogFolder(folder)
}
