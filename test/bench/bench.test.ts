// The measurements measure: every figure is there and every rival answered the same. How fast is never tested.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import type { StepFigure } from '../../bench/figure.ts'

type Report = { command: string; machine: { cpu: string; versions: object }; figures: StepFigure[] }

const bench = fileURLToPath(new URL('../../bench/run.ts', import.meta.url))
let report: Report

beforeAll(async () => {
  const sizes = ['--people', '2000', '--synthetic', '5000', '--engine-people', '1000', '--rounds', '1']
  const { stdout } = await promisify(execFile)(process.execPath, [
    bench,
    ...sizes,
    '--only',
    'decide,synthetic,every-code,engines',
    '--json',
  ])
  report = JSON.parse(stdout)
})

test('every figure has a size, a rate and the peak memory of its process', () => {
  expect(report.figures.length).toBeGreaterThan(20)
  for (const figure of report.figures) {
    expect(figure.size.count, figure.did).toBeGreaterThan(0)
    expect(figure.perSecond, figure.did).toBeGreaterThan(0)
    expect(figure.peakRssBytes, figure.did).toBeGreaterThan(1e6)
  }
})

test('the compiled decision and the one written by hand allow the same people, and not nobody', () => {
  for (const request of [
    'beat 3 by post',
    'beat 4 by e-mail',
    'synthetic, by post',
    'synthetic, by e-mail',
  ]) {
    const ours = counts(`facts and rules, ${request}`)
    expect(ours.allowed, request).toBeGreaterThan(0)
    expect(counts(`the same by hand, one reason, ${request}`)).toEqual(ours)
  }
})

test('every rule of every pack is measured, and fewer of them', () => {
  const rules = report.figures.filter(({ step }) => step === 'every-code').map(({ counts }) => counts?.rules)
  const all = Math.max(...rules.map((count) => count ?? 0))
  expect(all).toBeGreaterThan(50)
  expect(rules).toEqual([20, 40, all, 20, 40, all])
})

test('five engines allow the same people under one rule set', () => {
  const engines = report.figures.filter(({ step }) => step === 'engines')
  expect(engines.map(({ did }) => did.replace('one rule set: ', ''))).toEqual([
    'ours, compiled',
    'ours, interpreted',
    'CASL',
    'node-casbin',
    'cedar-wasm',
  ])
  const allowed = engines.map((figure) => figure.counts?.allowed)
  expect(allowed[0]).toBeGreaterThan(0)
  expect(new Set(allowed).size).toBe(1)
})

test('the report says with what and where it was measured', () => {
  expect(report.command).toContain('--people 2000')
  expect(report.machine.cpu).not.toBe('')
  expect(report.machine.versions).toMatchObject({ node: process.versions.node })
})

function counts(did: string): Readonly<Record<string, number>> {
  const found = report.figures.find((figure) => figure.did === did)?.counts
  if (found === undefined) throw new Error(`no figure for ${did}`)
  return found
}
