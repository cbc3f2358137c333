/** A small company as a file, and what is said of it when it is changed. */
import type { SystemError } from '../errors.ts';
import { parseSystem } from '../text/read-system.ts';

export const SMALL = `version: 1
company:
  name: Small
  domain: small.example
numbering:
  countryCode: 49
  areaCode: 89
  internalRanges:
    - { from: 4000, to: 4999 }
    - { from: 0800, to: 0899 }
licences: { flex: 3, unifyPhone: 2 }
stations:
  - number: 4020
    name: Anna
    device:
      account: { username: 4020, password: s3cret }
  - number: 4021
    name: Ben
users:
  - id: anna
    name: Anna
    email: anna@small.example
    deskStation: 4020
ufipDevices:
  - number: 0820
    user: anna
    gateway: gw1
    account: { username: anna, password: 12345 }
`;

export function errorsOf(text: string): readonly SystemError[] {
  const read = parseSystem(text);
  return read.ok ? [] : read.errors;
}

/** The text with one line replaced, to see what is said about it. */
export function withLine(line: string, replacement: string): string {
  if (!SMALL.includes(`${line}\n`)) throw new Error(`no such line: ${line}`);
  return SMALL.replace(`${line}\n`, `${replacement}\n`);
}
