// What every step is told.
export type StepContext = {
  /** Temporary folder of this run: what one step leaves there, the next finds. */
  folder: string
  people: number
  syntheticPeople: number
  enginePeople: number
  rounds: number
  /** Absent = the embedded store. */
  postgresUrl?: string
}
