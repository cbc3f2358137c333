// node scripts/prompts/main.ts: speaks the mailbox's texts anew. Needs espeak-ng and sox; the result is kept in the repository.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textsOf } from '../../packages/gateway/src/voicemail/prompts/texts.ts';

const TARGET = join(import.meta.dirname, '../../packages/gateway/src/voicemail/prompts');
const VOICES = { en: 'en-gb', de: 'de' } as const;
const WORDS_PER_MINUTE = '155';

/** One text as G.711 µ-law of 8000 Hz, without silence at its ends. */
function speak(folder: string, voice: string, text: string): Buffer {
  const [spoken, trimmed] = [join(folder, 'spoken.wav'), join(folder, 'trimmed.ul')];
  execFileSync('espeak-ng', ['-v', voice, '-s', WORDS_PER_MINUTE, '-p', '40', '-w', spoken, text]);
  const trim = ['silence', '1', '0.01', '0.3%', 'reverse', 'silence', '1', '0.01', '0.3%', 'reverse'];
  execFileSync('sox', [spoken, '-r', '8000', '-c', '1', '-e', 'mu-law', '-t', 'raw', trimmed, ...trim, 'norm', '-4']);
  return readFileSync(trimmed);
}

const folder = mkdtempSync(join(tmpdir(), 'prompts-'));
try {
  for (const language of ['en', 'de'] as const) {
    const parts: Buffer[] = [];
    const index: Record<string, [at: number, octets: number]> = {};
    let at = 0;
    for (const [name, text] of textsOf(language)) {
      const audio = text === '' ? Buffer.alloc(0) : speak(folder, VOICES[language], text);
      index[name] = [at, audio.length];
      parts.push(audio);
      at += audio.length;
    }
    writeFileSync(join(TARGET, `${language}.ulaw`), Buffer.concat(parts));
    writeFileSync(join(TARGET, `${language}.json`), `${JSON.stringify(index, null, 1)}\n`);
    console.log(`${language}: ${Object.keys(index).length} prompts, ${Math.round(at / 8000)} s`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
