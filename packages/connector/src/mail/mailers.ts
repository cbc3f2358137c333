import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Clock, Mail, Mailer } from '../ports.ts';

const TIMEOUT_MS = 15_000;

export interface SmtpOptions {
  /** `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`. */
  readonly url: string;
  /** Who the mail is from: `Unisono <phone@example.com>`. */
  readonly from: string;
  /** Certificates (PEM) that the server is checked against; absent: those Node knows. */
  readonly ca?: string;
}

/** Hands mail to a server (RFC 5321), by STARTTLS where it offers that. Rejects with what the server said. */
export function smtpMailer({ url, from, ca }: SmtpOptions): Mailer & { close(): void } {
  const transport = createTransport(url, { from });
  const { options } = transport;
  Object.assign(options, {
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  return {
    // A list would let one address carry others: it is handed over as one address and no text to be read.
    send: async ({ to, subject, text }) => {
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
      return undefined;
    },
    close: () => transport.close(),
  };
}

/** Writes each mail into a folder instead, as a file that its owner alone reads: for trying out, and where no server is. */
export function outboxMailer(folder: string, clock: Clock): Mailer {
  let number = 0;
  return {
    send: async (mail: Mail) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      number++;
      const time = new Date(clock.nowMs()).toISOString().replace(/[:.]/g, '-');
      const file = join(folder, `${time}-${number}.txt`);
      await writeFile(file, `To: ${mail.to}\nSubject: ${mail.subject}\n\n${mail.text}`, { mode: 0o600, flag: 'wx' });
      return file;
    },
  };
}
