import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { smtpMailer } from './mailers.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly lines: readonly string[];
}

const received: Received[] = [];
let server: Server;
let url: string;

/** A server of RFC 5321 with AUTH PLAIN (RFC 4954); it knows no recipient who is called `nobody`. */
async function converse(socket: Socket): Promise<void> {
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  let [from, user, to, data]: [string, string | undefined, string[], string[] | undefined] = [
    '',
    undefined,
    [],
    undefined,
  ];
  say('220 mail.example ESMTP');
  for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (data !== undefined) {
      if (line !== '.') data.push(line.replace(/^\.\./, '.'));
      else {
        received.push({ from, to, user, lines: data });
        [to, data] = [[], undefined];
        say('250 kept');
      }
    } else if (/^EHLO /i.test(line)) socket.write('250-mail.example\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n');
    else if (/^AUTH PLAIN /i.test(line)) {
      const [, name, password] = Buffer.from(line.slice(11), 'base64').toString().split('\0');
      user = name;
      say(password === 'secret' ? '235 come in' : '535 wrong password');
    } else if (/^MAIL FROM:/i.test(line)) {
      from = line.slice(10);
      say('250 fine');
    } else if (/^RCPT TO:<nobody@/i.test(line)) say('550 there is no such person');
    else if (/^RCPT TO:/i.test(line)) {
      to.push(line.slice(8));
      say('250 fine');
    } else if (line === 'DATA') {
      data = [];
      say('354 go on');
    } else if (line === 'QUIT') socket.end('221 bye\r\n');
    else say('500 what?');
  }
}

before(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    void converse(socket).catch(() => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `smtp://unisono:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const FROM = 'Unisono <phone@example.com>';
const mail = { to: 'zoe@example.com', subject: 'Einladung für Zoë', text: 'Hallo Zoë,\n\n.ein Punkt\nGrüße' };

test('a mail is handed to the server: sender, recipient, subject and text as they were', async () => {
  const mailer = smtpMailer({ url, from: FROM });
  await mailer.send(mail);
  mailer.close();
  const [got] = received.splice(0);
  assert.deepEqual([got?.from, got?.to, got?.user], ['<phone@example.com>', ['<zoe@example.com>'], 'unisono']);
  const subject = got?.lines.find((line) => line.startsWith('Subject: ')) ?? '';
  const word = /=\?UTF-8\?(Q|B)\?(.*)\?=/.exec(subject);
  const decoded =
    word?.[1] === 'B'
      ? Buffer.from(word[2] ?? '', 'base64').toString()
      : decodeQuoted((word?.[2] ?? '').replaceAll('_', ' '));
  assert.match(decoded, /für Zoë/);
  assert.match(decodeQuoted(got?.lines.join('\n') ?? ''), /Hallo Zoë,\n\n\.ein Punkt\nGrüße/);
});

test('an address cannot bring others in, and a subject no header', async () => {
  const mailer = smtpMailer({ url, from: FROM });
  const hostile = { to: 'zoe@example.com,eve@example.com', subject: 'x\r\nBcc: eve@example.com', text: 'x' };
  await mailer.send(hostile).catch(() => {});
  mailer.close();
  for (const { to, lines } of received.splice(0)) {
    assert.ok(!to.includes('<eve@example.com>'), to.join());
    assert.ok(!lines.some((line) => line.startsWith('Bcc:')));
  }
});

test('what the server says is told: a recipient it does not know, a wrong password, nobody there', async () => {
  const known = smtpMailer({ url, from: FROM });
  await assert.rejects(known.send({ ...mail, to: 'nobody@example.com' }), /550 there is no such person/);
  known.close();
  const wrong = smtpMailer({ url: url.replace('secret', 'guess'), from: FROM });
  await assert.rejects(wrong.send(mail), /535 wrong password/);
  wrong.close();
  const dead = smtpMailer({ url: 'smtp://127.0.0.1:1', from: FROM });
  await assert.rejects(dead.send(mail), /ECONNREFUSED/);
  assert.deepEqual(received, []);
});

function decodeQuoted(text: string): string {
  const joined = Buffer.from(text.replace(/=\n/g, '')).toString('latin1');
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
}
