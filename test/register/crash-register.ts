// The register both sides of a crash test open: same keys, no test runner needed.
import { readdirSync, readFileSync } from 'node:fs'
import { openRegister, type Register } from '../../src/register/open-register.ts'
import type { RegisterStore } from '../../src/register/store.ts'
