import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from './files.ts';

/** Relative links of the Markdown documents that lead to no file, or to a heading that the file does not have. */
export function brokenLinks(root: string): string[] {
  return filesOf(root, ['*.md', '{docs,packages,apps,bench,test}/**/*.md']).flatMap((file) =>
    linksOf(readFileSync(join(root, file), 'utf8')).flatMap((link) => {
      const problem = problemWith(root, file, link.target);
      return problem === undefined ? [] : [`${file}:${link.line}: the link ${link.target} ${problem}`];
    }),
  );
}

interface Link {
  target: string;
  line: number;
}

function linksOf(markdown: string): Link[] {
  let inCode = false;
  return markdown.split('\n').flatMap((text, index) => {
    if (text.trimStart().startsWith('```')) inCode = !inCode;
    if (inCode) return [];
    return [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({
      target: match[1] ?? '',
      line: index + 1,
    }));
  });
}

function problemWith(root: string, file: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const reached = path === '' ? file : join(dirname(file), path);
  if (!existsSync(join(root, reached))) return 'leads to no file';
  if (anchor === undefined || !reached.endsWith('.md')) return undefined;
  return anchorsOf(readFileSync(join(root, reached), 'utf8')).has(anchor)
    ? undefined
    : 'names a heading that is not there';
}

function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.split('\n').filter((line) => /^#{1,6} /.test(line));
  return new Set(
    headings.map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}
