import type { Command } from 'commander';
import type { Console, ExitCode } from './console.ts';

type Commands = typeof import('./connector-commands.ts');
type Run = (commands: Commands, args: readonly string[], given: never) => Promise<ExitCode>;

/** `unisono connector …`: the cloud service alone, and the administration of its tenants by the operator. */
export function addConnector(program: Command, console: Console, end: (code: ExitCode) => void): void {
  const connector = program.command('connector').description('the Telephony Connector and its tenants');
  connector
    .command('start')
    .description('start the Connector alone')
    .option('--config <file>', 'configuration file (unisono.yaml)')
    .option('--data <dir>', 'data folder')
    .action(async (given: Record<string, string>) =>
      end(await (await import('../connector/connector-process.ts')).startAlone(console, given)),
    );
  const add = (usage: string, about: string, run: Run): Command =>
    connector
      .command(usage)
      .description(about)
      .option('--config <file>', 'configuration file (unisono.yaml)')
      .option('--data <dir>', 'data folder')
      .option('--json', 'JSON, for programs')
      .action(async (...parts: unknown[]) => {
        const args = parts.filter((part): part is string => typeof part === 'string');
        const given = parts.find((part) => typeof part === 'object' && part !== null);
        end(await run(await import('./connector-commands.ts'), args, given as never));
      });
  const first = (args: readonly string[]): string => args[0] ?? '';
  const second = (args: readonly string[]): string => args[1] ?? '';

  add('tenants', 'list the tenants', (commands, _, given) => commands.tenants(console, given));
  add(
    'add-tenant <slug> <name>',
    'create a tenant and print the API key of its administrator',
    (commands, args, given) => commands.addTenant(console, first(args), second(args), given),
  )
    .option('--domain <domain...>', 'e-mail domains by which its people find it')
    .option('--admin <email>', 'invite this person as its administrator');
  add('set-tenant <slug>', 'change a tenant', (commands, args, given) =>
    commands.setTenant(console, first(args), given),
  )
    .option('--require-totp <on|off>', 'whether everybody needs a second factor')
    .option('--password-sign-in <on|off>', 'whether people sign in by password')
    .option('--history-months <n>', 'how long calls are kept', Number);
  add('keys <tenant>', 'list the API keys of a tenant', (commands, args, given) =>
    commands.keys(console, first(args), given),
  );
  add('add-key <tenant>', 'create an API key and print it', (commands, args, given) =>
    commands.addKey(console, first(args), given),
  )
    .requiredOption('--scope <scope>', 'assistant, scim, directory or admin')
    .option('--system <id>', 'the phone system, for assistant')
    .option('--name <name>', 'for people')
    .option('--certificate <sha256>', 'bind the key to this client certificate');
  add('rotate-key <tenant> <key>', 'a new key like this one, which ends after the overlap', (commands, args, given) =>
    commands.rotate(console, first(args), second(args), given),
  ).option('--overlap <seconds>', 'how long the old one holds on', Number, 86_400);
  add('revoke-key <tenant> <key>', 'end an API key now', (commands, args, given) =>
    commands.revoke(console, first(args), second(args), given),
  );
  add('audit <tenant>', 'say whether the audit log is as it was written', (commands, args, given) =>
    commands.audit(console, first(args), given),
  ).option('--expect <hash>', 'a hash that was written down: shows whether entries were cut off');
  add('retention', 'delete now what has had its time', (commands, _, given) => commands.retention(console, given));
}
