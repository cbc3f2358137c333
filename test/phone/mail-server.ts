/** A mail server (RFC 5321) that keeps what it is handed. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export interface KeptMail {
  readonly to: readonly string[];
  /** The text, decoded. */
  readonly text: string;
}

const LOOK_MS = 50;

export class MailServer {
  readonly mails: KeptMail[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      this.#converse(socket).catch(() => {});
    });
  }

  static async start(): Promise<MailServer> {
    const one = new MailServer();
    one.#server.listen(0, '127.0.0.1');
    await once(one.#server, 'listening');
    return one;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes the next mail to that address out. */
  async next(to: string, timeoutMs = 10_000): Promise<KeptMail> {
    for (const untilMs = performance.now() + timeoutMs; performance.now() < untilMs; await delay(LOOK_MS)) {
      const index = this.mails.findIndex((mail) => mail.to.includes(to));
      const [mail] = index < 0 ? [] : this.mails.splice(index, 1);
      if (mail !== undefined) return mail;
    }
    throw new Error(`no mail to ${to} within ${timeoutMs} ms`);
  }

  close(): void {
    this.#server.close();
  }

  async #converse(socket: Socket): Promise<void> {
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    let to: string[] = [];
    let data: string[] | undefined;
    say('220 mail.example ESMTP');
    for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (data !== undefined && line !== '.') data.push(line.replace(/^\.\./, '.'));
      else if (data !== undefined) {
        this.mails.push({ to, text: textOf(data) });
        [to, data] = [[], undefined];
        say('250 kept');
      } else if (/^EHLO /i.test(line)) say('250 8BITMIME');
      else if (/^RCPT TO:/i.test(line)) {
        to.push(/<([^>]*)>/.exec(line)?.[1] ?? '');
        say('250 fine');
      } else if (/^MAIL FROM:/i.test(line)) say('250 fine');
      else if (line === 'DATA') {
        data = [];
        say('354 go on');
      } else if (line === 'QUIT') socket.end('221 bye\r\n');
      else say('500 what?');
    }
  }
}

/** The body, in whatever transfer encoding (RFC 2045 §6). */
function textOf(lines: readonly string[]): string {
  const start = lines.indexOf('');
  const head = lines.slice(0, start).join('\n');
  const body = lines.slice(start + 1).join('\n');
  const encoding = /^content-transfer-encoding: *(\S+)/im.exec(head)?.[1]?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  const octets = body
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString();
}
