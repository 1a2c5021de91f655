// Writes mail to a folder instead of sending it: one .eml file for each message, which any mail program can open. Files
// are renamed into place, so an .eml file is always complete.
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Mailer } from '../../ports/mailer.ts'
import { toMimeMessage } from './mime-message.ts'

/** A file is named after the Message-ID of its mail, so that a retry overwrites it.
 * @param options.folder is created with the first mail if it does not exist */
export function createFolderMailer(options: { folder: string }): Mailer {
  return {
    async send(mail) {
      const message = toMimeMessage(mail)
      const content = await new MailComposer({ ...message, newline: 'win' }).compile().build()
      await mkdir(options.folder, { recursive: true })
      await writeWhole(join(options.folder, fileName(mail.messageId)), content)
    },
  }
}

/** Different ids give different names, and no id escapes the folder: everything but "@" is percent-encoded. */
function fileName(messageId: string): string {
  const id = messageId.replace(/^<|>$/g, '').toWellFormed()
  return `${encodeURIComponent(id).replaceAll('%40', '@')}.eml`
}

async function writeWhole(file: string, content: Buffer): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(unfinished, content, { flush: true })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
