// How the program refuses a configuration, seen by its operator.
import { expect, it } from 'vitest'
import { startProgram } from '../kit/program.ts'

it('reports every fault of the configuration, without a stack trace', async () => {
  const program = startProgram({ PORT: 'many', HOST: '0.0.0.0', SMTP_URL: 'http://mail.acme.test' })
  expect(await program.exitCode).toBe(2)
  for (const variable of ['PORT', 'HOST', 'SMTP_URL']) {
    expect(program.errors()).toMatch(new RegExp(`^${variable}: `, 'm'))
  }
  expect(program.errors()).not.toMatch(/^\s+at /m)
})

it('reports a folder of persisted documents that cannot be used, without a stack trace', async () => {
  const program = startProgram({ DATA_DIR: 'memory', PERSISTED_DOCUMENTS_DIR: '/nowhere' })
  expect(await program.exitCode).toBe(2)
  expect(program.errors()).toMatch(/^PERSISTED_DOCUMENTS_DIR: .*\/nowhere/m)
  expect(program.errors()).not.toMatch(/^\s+at /m)
})
