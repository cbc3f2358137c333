import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateFacts, problemLine } from '@unisono/platform';
import { type LoadedSettings, loadSettings } from '../config/load.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { table } from './table.ts';

interface Given {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `unisono certificate` */
export function certificate(console: Console, { config, data, json }: Given): ExitCode {
  const loaded = loadSettings({ config, data }, console.environment, console.workingFolder);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problemLine(problem));
    return EXIT.failed;
  }
  const found = filesOf(loaded.settings);
  if (!existsSync(found.file)) {
    console.error(`There is no certificate at ${found.file}: start the system once, or give the folder with --data.`);
    return EXIT.failed;
  }
  const shown = { from: found.from, ...factsOf(found.file) };
  const authority =
    found.authorityFile === undefined || !existsSync(found.authorityFile) ? undefined : factsOf(found.authorityFile);
  if (json === true) console.out(JSON.stringify({ certificate: shown, authority: authority ?? null }, undefined, 2));
  else for (const line of text(shown, authority)) console.out(line);
  return EXIT.done;
}

/** The certificate that is shown: a given one, one issued by ACME, or that of the own authority. */
function filesOf({ data, tls }: LoadedSettings): {
  readonly from: string;
  readonly file: string;
  readonly authorityFile?: string;
} {
  if (tls.certificate !== undefined) return { from: 'tls.certificate', file: tls.certificate };
  const issued = join(data, 'tls', 'acme.pem');
  if (tls.acme.directory !== undefined && existsSync(issued)) return { from: tls.acme.directory, file: issued };
  return {
    from: 'the own authority',
    file: join(data, 'tls', 'server.pem'),
    authorityFile: join(data, 'tls', 'ca.pem'),
  };
}

interface Facts {
  readonly file: string;
  readonly names: readonly string[];
  readonly until: string;
  readonly fingerprint: string;
}

function factsOf(file: string): Facts {
  const { names, validToMs, fingerprint } = certificateFacts(readFileSync(file, 'utf8'));
  return { file, names, until: new Date(validToMs).toISOString(), fingerprint };
}

function text(shown: Facts & { readonly from: string }, authority: Facts | undefined): string[] {
  const lines = table(
    ['', ''],
    [
      ['  file', shown.file],
      ['  from', shown.from],
      ['  for', shown.names.join(', ')],
      ['  valid until', shown.until],
      ['  SHA-256', shown.fingerprint],
    ],
  ).slice(1);
  if (authority === undefined) return ['Certificate', ...lines];
  return ['Certificate', ...lines, '', ...trust(authority)];
}

/** How others are told to believe the own authority. */
function trust({ file, fingerprint, until }: Facts): string[] {
  const name = 'unisono-ca';
  const ways: readonly (readonly [string, string])[] = [
    [
      'Firefox',
      `Settings, Certificates, View Certificates, Authorities, Import: this file, "Trust this CA to identify websites"`,
    ],
    ['Chrome, Edge, Linux', `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${name} -i ${file}`],
    ['Debian, Ubuntu', `sudo cp ${file} /usr/local/share/ca-certificates/${name}.crt && sudo update-ca-certificates`],
    ['Fedora, RHEL', `sudo cp ${file} /etc/pki/ca-trust/source/anchors/${name}.pem && sudo update-ca-trust`],
    ['macOS', `sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${file}`],
    ['Windows', `certutil -addstore -f Root ca.pem    (as administrator)`],
    [
      'iPhone, iPad',
      'send the file to it, install the profile, then Settings, General, About, Certificate Trust Settings',
    ],
    ['Android', 'Settings, Security, Encryption and credentials, Install a certificate, CA certificate'],
    ['Node.js programs', `NODE_EXTRA_CA_CERTS=${file}`],
    ['desk phones', 'upload it in their web page as trusted or custom CA certificate'],
  ];
  return [
    'It is signed by an authority of your own, which nobody knows yet. Those who connect have to trust its certificate:',
    ...table(
      ['', ''],
      [
        ['  file', file],
        ['  valid until', until],
        ['  SHA-256', fingerprint],
      ],
    ).slice(1),
    '',
    ...table(
      ['', ''],
      ways.map(([where, how]) => [`  ${where}`, how]),
    ).slice(1),
    '',
    'To try it without that: open the https:// address of the door in the browser, Advanced, Proceed (two clicks, until the browser forgets).',
  ];
}
