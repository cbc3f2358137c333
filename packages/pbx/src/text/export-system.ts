import { stringify } from 'yaml';
import type { SystemData } from '../model/index.ts';

/** The data as YAML that `parseSystem` reads back to an equal value. Holds the passwords: keep it as you keep them. */
export function exportSystem(data: SystemData): string {
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}
