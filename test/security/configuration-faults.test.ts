// How the program refuses a configuration, seen by its operator.
import { expect, it } from 'vitest'
import { startProgram } from '../kit/program.ts'

it('is explained by --help, and to whoever gives another argument', async () => {
  const help = startProgram({ PORT: 'many' }, { script: ['src/main.ts', '--help'] })
  const wrong = startProgram({}, { script: ['src/main.ts', '--port=4001'] })
  expect([await help.exitCode, help.errors()]).toEqual([0, ''])
  expect(help.output()).toMatch(/^Usage: npm start.* {2}PORT +port to listen on \(4000\).* {2}AUTH_ISSUER /s)
  expect([await wrong.exitCode, wrong.output()]).toEqual([2, ''])
  expect(wrong.errors()).toMatch(/^There is no argument --port=4001\.\n\nUsage: npm start/)
})

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
