import { parseSync } from 'oxc-parser';

/** One import, re-export or literal dynamic import of a module. */
export interface Import {
  specifier: string;
  line: number;
  /** Only types are taken: nothing is loaded when the program runs. */
  typeOnly: boolean;
}

/** What a TypeScript module imports, in the order of its text within each kind. */
export function importsOf(file: string, source: string): Import[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, source).module;
  const at = (start: number): number => source.slice(0, start).split('\n').length;
  return [
    ...staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      line: at(moduleRequest.start),
      typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    })),
    ...staticExports
      .flatMap((statement) => statement.entries)
      .flatMap(({ moduleRequest, isType }) =>
        moduleRequest ? [{ specifier: moduleRequest.value, line: at(moduleRequest.start), typeOnly: isType }] : [],
      ),
    ...dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^(['"])(.*)\1$/.exec(source.slice(start, end));
      return literal?.[2] === undefined ? [] : [{ specifier: literal[2], line: at(start), typeOnly: false }];
    }),
  ];
}
