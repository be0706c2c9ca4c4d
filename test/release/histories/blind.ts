// A party that is blind where it should look: the question whom anything recorded since may concern is answered with nobody.
// The checker must find what comes of it; no line of the system is changed for that.
import type { RegisterStore, StoreSession } from '../../../src/register/store.ts'
import type { ReleaseContext } from '../../../src/release/decision-context.ts'
import type { Club } from '../small-club.ts'

/** Where it does not look: under the lock of the commit, at the gate, or after the delivery. */
export type Blindness = 'commit' | 'gate' | 'follow-up'

export type Sight = { blind: boolean }

const whomItMayConcern = /from register\.event where position > \$1 and position <= \$2 group by subject/

/** The same club, whose contexts see or do not as `sight` says at the moment. */
export function withSight(club: Club, sight: Sight): Club {
  return {
    ...club,
    async context() {
      const context: ReleaseContext = await club.context()
      const { register } = context
      return { ...context, register: { ...register, store: seeing(register.store, sight) } }
    },
  }
}

function seeing(store: RegisterStore, sight: Sight): RegisterStore {
  return {
    ...store,
    query: queryWith(store, sight),
    transaction: (work) =>
      store.transaction((session) =>
        work({
          query: queryWith(session, sight),
          script: (sql) => session.script(sql),
          copyIn: (target, bytes) => session.copyIn(target, bytes),
        }),
      ),
  }
}

function queryWith(session: Pick<StoreSession, 'query'>, sight: Sight): StoreSession['query'] {
  return async (sql, parameters) =>
    sight.blind && whomItMayConcern.test(sql) ? [] : session.query(sql, parameters)
}
