import type { System } from '@unisono/pbx';
import { people } from '../people/people.ts';
import { COLUMNS, type Line } from './columns.ts';
import { csvRow } from './csv-row.ts';

/** Everybody with their devices, then the stations that are nobody's. Without passwords: an import leaves them as they are. */
export function exportPeople(system: System): string {
  const persons: Line[] = people(system);
  const others: Line[] = system.data.stations
    .filter(({ id }) => !system.userOfStation.has(id))
    .map((station) => ({ user: undefined, station, ufipDevice: undefined }));
  const rows = [...persons, ...others].map((line) => csvRow(COLUMNS.map(({ show }) => show(line) ?? '')));
  return `${[csvRow(COLUMNS.map(({ name }) => name)), ...rows].join('\r\n')}\r\n`;
}
