import { mkdir, mkdtemp, open, readdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { composeMeetingMail } from '../../../src/services/booking/mails/meeting-mail.ts'
import { createFolderMailer } from '../../../src/services/notifications/mail/folder-mailer.ts'
import { MailRefusedError } from '../../../src/services/ports/mailer.ts'
import { changedFacts, meetingFacts } from './meeting-facts.ts'

let parent: string
let folder: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mail-'))
  folder = join(parent, 'not', 'there', 'yet')
})

afterEach(async () => {
  await rm(parent, { recursive: true })
})

describe('mail written to a folder', () => {
  const mail = composeMeetingMail(meetingFacts())

  it('is one complete message in a file named by its Message-ID', async () => {
    await createFolderMailer({ folder }).send(mail)
    expect(await readdir(folder)).toEqual([`${mail.messageId.slice(1, -1)}.eml`])
    const content = await readFile(join(folder, `${mail.messageId.slice(1, -1)}.eml`))
    expect(content.toString().replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    const parsed = await simpleParser(content)
    expect(parsed).toMatchObject({ messageId: mail.messageId, subject: mail.subject, date: mail.sentAt })
    expect(parsed).toMatchObject({ text: mail.text, html: mail.html })
    expect(parsed.attachments.map((part) => part.content.toString())).toEqual([
      mail.calendar?.content,
      mail.calendar?.content,
    ])
  })

  it('is overwritten by a repeat, with the same bytes', async () => {
    const mailer = createFolderMailer({ folder })
    await mailer.send(mail)
    const [name] = await readdir(folder)
    const first = await readFile(join(folder, name!))
    await writeFile(join(folder, name!), 'something else')
    await Promise.all([mailer.send(mail), mailer.send(mail), mailer.send(mail)])
    expect(await readdir(folder)).toEqual([name])
    expect(await readFile(join(folder, name!))).toEqual(first)
  })

  it('is deleted once it is old enough, also if it was never finished', async () => {
    const mailer = createFolderMailer({ folder })
    expect(await mailer.deleteKept?.({ writtenBefore: new Date() })).toBe(0)
    await mailer.send(mail)
    const [name = ''] = await readdir(folder)
    await writeFile(join(folder, `old-${name}`), 'old')
    await writeFile(join(folder, `${name}.0a-1b.tmp`), 'half')
    await writeFile(join(folder, 'notes.txt'), 'not a mail')
    const [old, before] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-02T00:00:00Z')]
    for (const each of await readdir(folder)) if (each !== name) await utimes(join(folder, each), old, old)
    expect(await mailer.deleteKept?.({ writtenBefore: before })).toBe(2)
    expect((await readdir(folder)).sort()).toEqual([name, 'notes.txt'].sort())
  })

  it('is replaced in one step, so that whoever is reading the file never sees half of one', async () => {
    const mailer = createFolderMailer({ folder })
    await mailer.send(mail)
    const [name] = await readdir(folder)
    await writeFile(join(folder, name!), 'what is being read')
    const reader = await open(join(folder, name!))
    await mailer.send(mail)
    expect((await reader.readFile()).toString()).toBe('what is being read')
    await reader.close()
  })

  it('stands beside the mail of another revision', async () => {
    const mailer = createFolderMailer({ folder })
    await mailer.send(mail)
    await mailer.send(composeMeetingMail(changedFacts()))
    expect(await readdir(folder)).toHaveLength(2)
  })

  it.each([
    '<../../evil@example.com>',
    '</etc/evil@example.com>',
    '<..>',
    '<a\u0000b@example.com>',
    '<\uD800@example.com>',
  ])('stays in its folder whatever the Message-ID is: %j', async (messageId) => {
    await createFolderMailer({ folder }).send({ ...mail, messageId })
    expect(await readdir(folder)).toHaveLength(1)
    expect(await readdir(parent)).toEqual(['not'])
  })

  it('leaves nothing behind when it cannot be written, and can be repeated', async () => {
    const mailer = createFolderMailer({ folder })
    const name = `${mail.messageId.slice(1, -1)}.eml`
    await mkdir(join(folder, name), { recursive: true })
    const failure = await mailer.send(mail).catch((error: unknown) => error)
    expect(failure).toMatchObject({ syscall: 'rename' })
    expect(failure).not.toBeInstanceOf(MailRefusedError)
    expect(await readdir(folder)).toEqual([name])
    await rmdir(join(folder, name))
    await mailer.send(mail)
    expect((await stat(join(folder, name))).isFile()).toBe(true)
  })

  it('is listed, the newest first, and read as it was written', async () => {
    const mailer = createFolderMailer({ folder })
    expect(await mailer.listKept?.()).toEqual([])
    await mailer.send(mail)
    await mailer.send(composeMeetingMail(changedFacts()))
    await utimes(join(folder, `${mail.messageId.slice(1, -1)}.eml`), 1, 1)
    const [newest, oldest, ...others] = (await mailer.listKept?.()) ?? []
    expect([newest?.subject, others]).toEqual([composeMeetingMail(changedFacts()).subject, []])
    const { subject, sentAt, to } = mail
    expect(oldest).toMatchObject({ subject, sentAt, to: to.address })
    expect(oldest?.text.trim()).toBe(mail.text.trim())
    expect(oldest?.html.trim()).toBe(mail.html.trim())
    expect(await mailer.readKept?.(oldest?.name ?? '')).toEqual(oldest)
  })

  it('is listed by the date of the mail, with those of one change side by side', async () => {
    const mailer = createFolderMailer({ folder })
    const sent = [
      'b.visitor 3',
      'a.agent 2',
      'c.agent 2',
      'b.agent 3',
      'c.visitor 2',
      'a.visitor 2',
      'd.agent 1',
    ]
    for (const [index, each] of sent.entries()) {
      const [id, day] = each.split(' ')
      const sentAt = new Date(`2026-03-0${day}T08:00:00Z`)
      await mailer.send({ ...mail, messageId: `<${id}@example.com>`, sentAt })
      await utimes(join(folder, `${id}@example.com.eml`), index, index)
    }
    const names = (await mailer.listKept?.())?.map(({ name }) => name.split('@')[0])
    const expected = ['b.agent', 'b.visitor', 'a.agent', 'a.visitor', 'c.agent', 'c.visitor', 'd.agent']
    expect(names).toEqual(expected)
  })

  it.each(['../secret.eml', '..', '', 'no such mail.eml', '/etc/passwd'])(
    'is read from its folder only, not as %j',
    async (name) => {
      await writeFile(join(parent, 'secret.eml'), 'Subject: secret\r\n\r\n')
      const mailer = createFolderMailer({ folder })
      await mailer.send(mail)
      expect(await mailer.readKept?.(name)).toBeNull()
    },
  )

  it('is refused for an address that is none', async () => {
    const to = { name: 'Eve', address: 'a@b.example\r\nBcc: evil@example.com' }
    await expect(createFolderMailer({ folder }).send({ ...mail, to })).rejects.toThrow(MailRefusedError)
    expect(await readdir(parent)).toEqual([])
  })
})
