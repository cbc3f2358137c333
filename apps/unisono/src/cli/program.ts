import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ASSISTANT_FLAGS, FLAGS, type Flag, SBC_FLAGS } from '../config/flags.ts';
import type { RecordFormat } from './cdr-command.ts';
import { addConnector } from './connector-program.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';

/** Runs one command line (without `node` and the script). Commands are loaded when they are used, so that each starts quickly. */
export async function run(args: readonly string[], console: Console): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(console, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
}

type Given = Readonly<Record<string, string | undefined>>;

function createProgram(console: Console, end: (code: ExitCode) => void): Command {
  const program = new Command('unisono')
    .description('One desk number, every device: the phone system on the command line.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.out(text.trimEnd()),
      writeErr: (text) => console.error(text.trimEnd()),
    })
    .showHelpAfterError('(unisono --help lists the commands)');
  addProcesses(program, console, end);
  addSystemCommands(program, console, end);
  addCdr(program, console, end);
  addClients(program, console, end);
  addBans(program, console, end);
  addConnector(program, console, end);
  program
    .command('backup')
    .argument('<folder>', 'a folder that is not there yet')
    .description('copy the data folder (databases, keys, certificates) while the system runs')
    .option('--config <file>', 'configuration file')
    .option('--data <dir>', 'data folder')
    .action(async (folder: string, given: Given) =>
      end(await (await import('./backup-command.ts')).backup(console, folder, given)),
    );
  program
    .command('plan')
    .argument('<user>', 'id, e-mail address or desk number of a user')
    .description('say in words where a call to a user would go now')
    .option('--config <file>', 'configuration file')
    .option('--data <dir>', 'data folder')
    .action(async (user: string, given: Given) =>
      end(await (await import('./plan-command.ts')).plan(console, user, given)),
    );
  addAdministration(program, console, end);
  program
    .command('certificate')
    .description('show the certificate, its fingerprint, and how to make others trust it')
    .option('--json', 'for a program')
    .option('--config <file>', 'configuration file')
    .option('--data <dir>', 'data folder')
    .action(async (given: { json?: boolean; config?: string; data?: string }) =>
      end((await import('./certificate-command.ts')).certificate(console, given)),
    );
  program
    .command('version')
    .description('print the version')
    .action(async () => console.out((await import('./version.ts')).versionText()));
  return program;
}

/** The commands that run until they are asked to stop: everything in one process, or a part each. */
function addProcesses(program: Command, console: Console, end: (code: ExitCode) => void): void {
  const add = (name: string, about: string, flags: readonly Flag[], run: (given: Given) => Promise<ExitCode>): void => {
    const command = program
      .command(name)
      .description(about)
      .option('--config <file>', 'configuration file (unisono.yaml)');
    for (const { flag, value, about: what } of flags) command.option(`${flag} <${value.toLowerCase()}>`, what);
    command.action(async (_: unknown, one: Command) => end(await run(dashed(one.opts()))));
  };
  add('start', 'start the system', FLAGS, async (given) => (await import('../start/start.ts')).start(console, given));
  add(
    'gateway',
    'start a gateway alone: border, Assistant and Connector are processes of their own',
    FLAGS,
    async (given) => (await import('../start/start.ts')).start(console, given, true),
  );
  add('sbc', 'start a border (SBC) that runs apart from its gateways', SBC_FLAGS, async (given) =>
    (await import('../start/sbc.ts')).sbc(console, given),
  );
  add(
    'assistant',
    'start the Assistant alone, beside the gateway of the same data folder',
    ASSISTANT_FLAGS,
    async (given) => (await import('../assistant/assistant-process.ts')).assistantAlone(console, given),
  );
}

/** `sipPort`, as commander names it, back to `sip-port`. */
function dashed(options: Given): Given {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]),
  );
}

function addSystemCommands(program: Command, console: Console, end: (code: ExitCode) => void): void {
  program
    .command('check')
    .argument('<file>', 'system data, YAML or JSON')
    .description('check a system data file and change nothing')
    .action(async (file: string) => end((await import('./system-commands.ts')).check(console, file)));
  program
    .command('import')
    .argument('<file>', 'system data, YAML or JSON')
    .description('replace the system data by those of a file, as a whole or not at all')
    .option('--config <file>', 'configuration file')
    .option('--data <dir>', 'data folder')
    .action(async (file: string, given: Given) =>
      end(await (await import('./system-commands.ts')).importFile(console, file, given)),
    );
  program
    .command('export')
    .argument('[file]', 'where to; without it to the screen')
    .description('write the system data in force as YAML, passwords included')
    .option('--config <file>', 'configuration file')
    .option('--data <dir>', 'data folder')
    .option('--force', 'replace the file if it is there')
    .action(async (file: string | undefined, given: Given & { force?: string }) =>
      end(await (await import('./system-commands.ts')).exportFile(console, file, given, given.force !== undefined)),
    );
}

/** How a list of the Assistant is called on the command line, and in its API. */
const LISTS: readonly [command: string, path: string, about: string][] = [
  ['users', 'users', 'people'],
  ['stations', 'stations', 'desk numbers'],
  ['ufip', 'ufip-devices', 'UFIP devices'],
  ['gateways', 'gateways', 'gateways'],
  ['clusters', 'clusters', 'clusters'],
  ['classes', 'classes-of-service', 'classes of service'],
  ['trunks', 'trunk-groups', 'trunk groups'],
  ['routes', 'routes', 'routes'],
];

/** Commands over the API of the Assistant: of this machine, or with --url and --token of another one. */
function addAdministration(program: Command, console: Console, end: (code: ExitCode) => void): void {
  const remote = (command: Command): Command =>
    command
      .option('--url <url>', 'address of the Assistant (UNISONO_URL); without it the one of this machine')
      .option('--token <token>', 'API token (UNISONO_TOKEN)')
      .option('--ca <file>', 'authority of its certificate, PEM')
      .option('--config <file>', 'configuration file')
      .option('--data <dir>', 'data folder');
  const load = () => import('./api-commands.ts');
  for (const [name, path, about] of LISTS) {
    const list = program.command(name).description(`list, show, add, change and delete ${about} of the running system`);
    remote(list.command('list', { isDefault: true }).option('--search <words>', 'words that have to appear')).action(
      async (given: Given) => end(await (await load()).list(console, path, given)),
    );
    remote(list.command('show').argument('<id>')).action(async (id: string, given: Given) =>
      end(await (await load()).show(console, `${path}/${encodeURIComponent(id)}`, given)),
    );
    remote(
      list.command('add').argument('<json>', 'fields, or @FILE, or - for standard input').option('--dry-run'),
    ).action(async (json: string, given: Given) => end(await (await load()).send(console, 'POST', path, json, given)));
    remote(list.command('set').argument('<id>').argument('<json>', 'fields to change').option('--dry-run')).action(
      async (id: string, json: string, given: Given) =>
        end(await (await load()).send(console, 'PATCH', `${path}/${encodeURIComponent(id)}`, json, given)),
    );
    const remove = list.command('delete').argument('<id>');
    if (name === 'users')
      remove
        .option('--with-devices', 'the person with devices, desk number and mailbox, here and in the cloud')
        .option('--keep-number', 'with it, leave the desk number and its desk phone');
    remote(remove).action(async (id: string, given: Given) =>
      end(
        given.withDevices === undefined
          ? await (await load()).send(console, 'DELETE', `${path}/${encodeURIComponent(id)}`, undefined, given)
          : await (await load()).removePerson(console, id, given),
      ),
    );
  }
  const people = program
    .command('people')
    .description('people: as a table (CSV) with their devices, and invited to Unisono Phone');
  remote(people.command('export').argument('[file]')).action(async (file: string | undefined, given: Given) =>
    end(await (await load()).exportPeople(console, file, given)),
  );
  remote(people.command('import').argument('<file>').option('--dry-run', 'say what would be done')).action(
    async (file: string, given: Given) => end(await (await load()).importPeople(console, file, given)),
  );
  remote(people.command('invite').argument('<id>').description('invite to Unisono Phone by e-mail (again)')).action(
    async (id: string, given: Given) => end(await (await load()).invitePerson(console, id, given)),
  );
  addRescue(people, console, end, remote);
  const sync = program.command('sync').description('synchronise people with the cloud');
  remote(sync.command('plan').option('--fresh', 'ask the directory first').option('--class <class>')).action(
    async (given: Given) => end(await (await load()).syncPlan(console, given)),
  );
  remote(
    sync
      .command('run', { isDefault: true })
      .option('--confirm', 'withdraw although it is more than is done without asking')
      .option('--full', 'ask for everything anew'),
  ).action(async (given: Given) => end(await (await load()).syncRun(console, given)));
  remote(sync.command('reports')).action(async (given: Given) =>
    end(await (await load()).show(console, 'sync/runs', given)),
  );
  remote(sync.command('link')).action(async (given: Given) => end(await (await load()).show(console, 'link', given)));
  remote(program.command('audit').description('who changed what, the latest first')).action(async (given: Given) =>
    end(await (await load()).show(console, 'audit', given)),
  );
  remote(
    program
      .command('invite')
      .description('a one-time link that makes an administrator')
      .option('--role <role>', '', 'admin'),
  ).action(async (given: Given) => end(await (await load()).invite(console, given)));
  addLicences(program, console, end, remote);
}

/** What helps a person who has lost a device, the password or the second factor. */
function addRescue(
  people: Command,
  console: Console,
  end: (code: ExitCode) => void,
  remote: (command: Command) => Command,
): void {
  const load = () => import('./api-commands.ts');
  const at = (id: string): string => `people/${encodeURIComponent(id)}`;
  remote(
    people.command('devices').argument('<id>').description('browsers and apps that are signed in, with their last use'),
  ).action(async (id: string, given: Given) => end(await (await load()).show(console, `${at(id)}/devices`, given)));
  remote(
    people
      .command('sign-out')
      .argument('<id>')
      .argument('[device]', 'its installationId; without it everywhere')
      .description('sign a person out of Unisono Phone'),
  ).action(async (id: string, device: string | undefined, given: Given) => {
    const path = `${at(id)}/devices${device === undefined ? '' : `/${encodeURIComponent(device)}`}`;
    end(await (await load()).rescue(console, 'DELETE', path, `Signed out ${device ?? 'everywhere'}.`, given));
  });
  remote(
    people.command('reset-password').argument('<id>').description('mail a link for a new password of Unisono Phone'),
  ).action(async (id: string, given: Given) =>
    end(await (await load()).rescue(console, 'POST', `${at(id)}/password-reset`, 'The link is good once.', given)),
  );
  remote(
    people.command('reset-second-factor').argument('<id>').description('take a second factor away that was lost'),
  ).action(async (id: string, given: Given) =>
    end(await (await load()).rescue(console, 'DELETE', `${at(id)}/second-factor`, 'The second factor is gone.', given)),
  );
}

function addLicences(
  program: Command,
  console: Console,
  end: (code: ExitCode) => void,
  remote: (command: Command) => Command,
): void {
  const licences = program.command('licences').description('licences: what is used, and licence files');
  const load = () => import('./licence-commands.ts');
  remote(licences.command('show', { isDefault: true })).action(async (given: Given) =>
    end(await (await import('./api-commands.ts')).show(console, 'licences', given)),
  );
  remote(licences.command('install').argument('<file>')).action(async (file: string, given: Given) =>
    end(await (await load()).install(console, file, given)),
  );
  licences
    .command('inspect')
    .argument('<file>', 'licence file')
    .option('--key <file>', 'public key that it has to be signed with')
    .action(async (file: string, given: Given) => end((await load()).inspect(console, file, given)));
  licences
    .command('key')
    .argument('<file>', 'where the private key goes; the public one goes beside it')
    .description('make a pair of keys that licences are signed with')
    .action(async (file: string) => end((await load()).makeKey(console, file)));
  licences
    .command('make')
    .argument('<file>', 'where the licence goes')
    .requiredOption('--key <file>', 'private key')
    .requiredOption('--customer <name>', 'for whom')
    .requiredOption('--flex <n>', 'Flex licences', wholeNumber)
    .requiredOption('--unify-phone <n>', 'Unify Phone licences', wholeNumber)
    .option('--expires <date>', '2027-12-31; without it for ever')
    .option('--grace <days>', 'days of grace', wholeNumber, 30)
    .option('--serial <serial>')
    .action(async (file: string, given) => end((await load()).make(console, file, given)));
}

function addCdr(program: Command, console: Console, end: (code: ExitCode) => void): void {
  program
    .command('cdr')
    .description('list the calls there were, the latest last')
    .option('--since <time>', 'only calls since then: 2026-11-30, 2026-11-30T08:00, or 90m, 12h, 7d ago')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--json', 'one JSON object per line')
    .option('--csv', 'comma-separated values')
    .option('--config <file>', 'configuration file')
    .option('--data <dir>', 'data folder')
    .action(async (given: Given & { limit: number }) => {
      const format: RecordFormat = given.json !== undefined ? 'json' : given.csv !== undefined ? 'csv' : 'table';
      end(await (await import('./cdr-command.ts')).cdr(console, { ...given, limit: given.limit, format }));
    });
}

function addClients(program: Command, console: Console, end: (code: ExitCode) => void): void {
  const clients = program
    .command('clients')
    .description('credentials of web and mobile clients, one for each installation');
  const subcommand = (name: string, about: string): Command =>
    clients
      .command(name)
      .description(about)
      .option('--json', 'for a program')
      .option('--config <file>', 'configuration file')
      .option('--data <dir>', 'data folder');
  type Options = { json?: boolean; days?: number; label?: string; user?: string; all?: boolean };
  const load = () => import('./client-commands.ts');
  subcommand('add', 'issue credentials for one installation of a client')
    .argument('<user>', 'id, e-mail address or desk number of a user')
    .option('--label <text>', 'what to call it, like "Ben\'s browser"')
    .option('--days <n>', 'how long they are valid', wholeNumber)
    .action(async (user: string, given: Options) => end(await (await load()).addClient(console, user, given)));
  subcommand('renew', 'issue new credentials for an installation that has some')
    .argument('<id>', 'id of the installation')
    .option('--days <n>', 'how long they are valid', wholeNumber)
    .action(async (id: string, given: Options) => end(await (await load()).renewClient(console, id, given)));
  subcommand('list', 'list installations; --all also those that expired or were revoked')
    .option('--user <user>', 'of one user alone')
    .option('--all', 'expired and revoked ones too')
    .action(async (given: Options) => end(await (await load()).listClients(console, given)));
  subcommand('revoke', 'end an installation: it may not sign in any more')
    .argument('<id>', 'id of the installation')
    .action(async (id: string, given: Options) => end(await (await load()).revokeClient(console, id, given)));
}

function addBans(program: Command, console: Console, end: (code: ExitCode) => void): void {
  const bans = program.command('bans').description('addresses that are not heard because of what they did');
  const subcommand = (name: string, about: string): Command =>
    bans
      .command(name)
      .description(about)
      .option('--json', 'for a program')
      .option('--config <file>', 'configuration file')
      .option('--data <dir>', 'data folder');
  type Options = { json?: boolean; for?: string; because?: string };
  const load = () => import('./ban-commands.ts');
  subcommand('list', 'list who is banned, until when and why').action(async (given: Options) =>
    end(await (await load()).listBans(console, given)),
  );
  subcommand('lift', 'hear an address again')
    .argument('<address>', 'an address, or a network that was banned as such')
    .action(async (address: string, given: Options) => end(await (await load()).liftBan(console, address, given)));
  subcommand('add', 'hear an address or network no more')
    .argument('<address>', 'an address, or a network like 192.0.2.0/24')
    .option('--for <time>', '90m, 12h or 7d; without it until it is lifted')
    .option('--because <text>', 'why, for the list')
    .action(async (address: string, given: Options) => end(await (await load()).addBan(console, address, given)));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1 to 9999999.');
  return Number(text);
}
