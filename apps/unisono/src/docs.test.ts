/** Every command in the documents runs as it is written, against a system that runs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { testFolder } from './testing/folder.ts';
import { commandLine } from './testing/run-command.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const DOCUMENTS = [
  '../README.md',
  'getting-started.md',
  'operations.md',
  'assistant.md',
  'connector.md',
  'border.md',
  'certificates.md',
  'clients.md',
  'protection.md',
  'voicemail.md',
];
const START_MS = 60_000;

/** Commands that stay, or want what only an installation has; each with where it is run instead. */
const ELSEWHERE: readonly (readonly [command: RegExp, where: string])[] = [
  [/^(gateway|assistant|sbc|connector start)\b/, 'test/cloud/processes.test.ts'],
  [/^bans lift/, 'src/protection/protection.test.ts'],
  [/^licences install/, 'src/cli/licence-commands.test.ts'],
];

/** The commands of a document, in its order: lines of code blocks, and what stands in the first column of tables. */
function commandsOf(document: string): string[] {
  const text = readFileSync(join(DOCS, document), 'utf8');
  const lines = [...text.matchAll(/^```\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const cells = [...text.matchAll(/^\| `(unisono [^`]+)`/gm)].map(([, command = '']) => command);
  return [...lines, ...cells].flatMap((line) => /^(?:npm run )?unisono (?:-- )?(.*?)(?: +#.*)?$/.exec(line)?.[1] ?? []);
}

/** Files that a document writes, which the next one may write anew. */
const WRITTEN = ['company.yaml', 'people.csv'];

/** Words in capitals are the reader's own: a tenant there is, and a key of the tenant in the command. */
async function filledIn(command: string, unisono: ReturnType<typeof commandLine>): Promise<string> {
  const [, tenant = ''] = /(\w+) KEY\b/.exec(command) ?? [];
  const [printed = ''] = tenant === '' ? [] : (await unisono('connector', 'keys', tenant, '--json')).out.split('\n');
  const key = printed === '' ? 'none' : (JSON.parse(printed) as { keyId: string }).keyId;
  return command.replace(/\bTENANT\b/, 'lindner-optik').replace(/\bKEY\b/, key);
}

/** As a shell would. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three ?? '');
}

describe('commands in the documents', () => {
  const folder = testFolder();
  const unisono = commandLine(folder, Date.now());
  let stop = (): void => {};

  before(async () => {
    const ports = ['sip', 'tls', 'assistant', 'connector'].flatMap((name) => [`--${name}-port`, '0']);
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'main.ts'), 'start', ...ports, '--sbc-port', 'off'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    stop = () => void child.kill('SIGKILL');
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(() => fail(new Error('it did not start')), START_MS);
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (!said.includes('once: ')) return;
        clearTimeout(timer);
        done();
      });
    });
  });
  after(() => stop());

  for (const document of DOCUMENTS)
    for (const [index, command] of commandsOf(document).entries())
      test(`${document}: ${command}`, async (t) => {
        if (index === 0) for (const file of WRITTEN) rmSync(join(folder, file), { force: true });
        const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(command));
        if (elsewhere) return t.skip(`run by ${elsewhere[1]}`);
        const { code, out, error } = await unisono(...words(await filledIn(command, unisono)));
        assert.equal(code, 0, `${out}\n${error}`);
      });
});
