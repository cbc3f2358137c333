import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages whose README does not say what each of their folders is for. */
export function unnamedRooms(root: string): string[] {
  return ['packages', 'apps'].flatMap((group) =>
    foldersIn(join(root, group)).flatMap((name) => {
      const home = `${group}/${name}`;
      const readme = join(root, home, 'README.md');
      if (!existsSync(join(root, home, 'package.json'))) return [];
      if (!existsSync(readme)) return [`${home} has no README.md that says what its folders are for`];
      const text = readFileSync(readme, 'utf8');
      return foldersIn(join(root, home, 'src'))
        .filter((folder) => !names(text, folder))
        .map((folder) => `${home}/README.md does not say what src/${folder} is for`);
    }),
  );
}

/** As `folder`, `folder/` or `src/folder`, perhaps with more behind it. */
function names(text: string, folder: string): boolean {
  return new RegExp(`\`(src/)?${folder}(/[^\`]*)?\``).test(text);
}

function foldersIn(path: string): string[] {
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
