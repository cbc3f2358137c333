import type { SystemData, SystemError } from '@unisono/pbx';

/** `company.yaml:12:5: stations[3].number: 4020 is given twice. Give … [numberDuplicate]` */
export function systemErrorLine(file: string, { line, column, path, message, hint, code }: SystemError): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${path === '' ? '' : `${path}: `}${message} ${hint} [${code}]`;
}

/** `Lindner Optik: 6 stations, 5 users, …` */
export function describeSystem(data: SystemData): string {
  const counts = [
    plural(data.stations.length, 'station'),
    plural(data.users.length, 'user'),
    plural(data.ufipDevices.length, 'UFIP device'),
    plural(data.gateways.length, 'gateway'),
    plural(data.trunkGroups.length, 'trunk group'),
  ];
  return `${data.company.name}: ${counts.join(', ')}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
