import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build, defineConfig, type Plugin } from 'vite';

const ROOT = import.meta.dirname;

/** What may be fetched before the phone can be used, compressed. On a slow mobile network 200 kB are more than a second. */
const FIRST_LOAD_LIMIT = 200_000;

/** Breaks the build when the script of the first load has grown beyond the limit. */
function firstLoad(): Plugin {
  return {
    name: 'unisono-first-load',
    apply: 'build',
    generateBundle(_options, bundle) {
      const first = new Set(Object.keys(bundle).filter((file) => isEntry(bundle[file])));
      // A set grows while it is walked.
      for (const file of first) for (const used of importsOf(bundle[file])) first.add(used);
      const octets = [...first].reduce((sum, file) => sum + gzipSync(codeOf(bundle[file])).length, 0);
      if (octets > FIRST_LOAD_LIMIT)
        this.error(
          `The first load is ${octets} octets of script (gzip), ${FIRST_LOAD_LIMIT} is the limit: load something later.`,
        );
    },
  };
}

type Output = Readonly<Record<string, unknown>> | undefined;
const isEntry = (file: Output): boolean => file?.isEntry === true;
const importsOf = (file: Output): string[] => (Array.isArray(file?.imports) ? file.imports : []);
const codeOf = (file: Output): string => (typeof file?.code === 'string' ? file.code : '');

/** Files the installed app holds when it is away from its server; the page itself is `/`. */
const OF_THE_SHELL = /\.(js|css|svg|png|webmanifest)$/;

/**
 * The service worker: bundled by itself into one classic script, so that it needs no other file, and told which files there are.
 * Its text changes whenever one of them does, which is how browsers notice a new version.
 */
function serviceWorker(): Plugin {
  return {
    name: 'unisono-service-worker',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const asTheyAre = readdirSync(join(ROOT, 'public'), { recursive: true, encoding: 'utf8' });
      const files = [...Object.keys(bundle), ...asTheyAre].filter((file) => OF_THE_SHELL.test(file));
      const result = await build({
        configFile: false,
        root: ROOT,
        logLevel: 'error',
        publicDir: false,
        define: {
          SHELL_FILES: JSON.stringify(['/', ...files.map((file) => `/${file}`)]),
          // What is in the files is in their names, except for the page and the styles of it: these go in by their text.
          SHELL_VERSION: JSON.stringify(digestOf([...files, String(asText(bundle['index.html']))].join('\n'))),
        },
        build: {
          write: false,
          target: 'es2023',
          rollupOptions: { input: join(ROOT, 'src/worker/sw.ts'), output: { format: 'iife', entryFileNames: 'sw.js' } },
        },
      });
      const outputs = Array.isArray(result) ? result : [result];
      for (const { output } of outputs as { output: { type: string; code?: string }[] }[])
        for (const chunk of output)
          if (chunk.type === 'chunk' && chunk.code !== undefined)
            this.emitFile({ type: 'asset', fileName: 'sw.js', source: chunk.code });
    },
  };
}

function asText(file: unknown): unknown {
  return typeof file === 'object' && file !== null && 'source' in file ? file.source : '';
}

/** FNV-1a, 32 bits: enough to tell one build from the next. */
function digestOf(text: string): string {
  let sum = 0x811c9dc5;
  for (const char of text) sum = Math.imul(sum ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return sum.toString(16);
}

// Everything in files of their own: the policy of the page allows no script or style within it.
export default defineConfig({
  root: ROOT,
  plugins: [react(), firstLoad(), serviceWorker()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
});
