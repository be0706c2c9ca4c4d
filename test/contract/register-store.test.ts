// The register store's contract, over both adapters.
import { openTestStore, storeKinds } from '../register/test-registers.ts'
import { describeRegisterStore } from './register-store.ts'

for (const kind of storeKinds) describeRegisterStore(kind, () => openTestStore(kind))
