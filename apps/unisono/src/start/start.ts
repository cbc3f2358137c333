import { networkInterfaces } from 'node:os';
import { DatabaseError, DataFolderError, type Problem, problemLine } from '@unisono/platform';
import type { RunningAssistant } from '../assistant/start-assistant.ts';
import { type Console, EXIT, type ExitCode } from '../cli/console.ts';
import { reachableAddress } from '../config/addresses.ts';
import { outsideOf } from '../config/border-addresses.ts';
import type { GivenFlags } from '../config/flags.ts';
import { loadSettings } from '../config/load.ts';
import type { LocalConnector } from '../connector/start-connector.ts';
import { StoredSystemError } from '../stores/system-store.ts';
import { portAdvice } from './port-advice.ts';
import { StartError } from './start-error.ts';
import { stopRequested } from './stop-signal.ts';
import { processLog, type SystemProcess, startSystem } from './system-process.ts';
import { webClientLines, welcome } from './welcome.ts';

/** `unisono start`, and `unisono gateway` (`isAlone`): runs until it is asked to stop. */
export async function start(console: Console, given: GivenFlags, isAlone = false): Promise<ExitCode> {
  const loaded = loadSettings(given, console.environment, console.workingFolder);
  if (!loaded.ok) return tellProblems(console, loaded.problems);
  const { settings } = loaded;
  const log = processLog(settings);
  for (const warning of loaded.warnings) log.warn({}, warning);
  let running: SystemProcess | undefined;
  const stopping = stopRequested(() => running?.certificates.reload());
  try {
    running = await startSystem(settings, log, isAlone);
  } catch (error) {
    console.error(`Unisono does not start: ${reasonOf(error)}`);
    return EXIT.failed;
  }
  const { system, node, border, tls } = running;
  console.out(
    welcome({
      system: system.current(),
      isDemo: system.origin === 'demo',
      heard: node.heard,
      doors: border?.heard ?? [],
      doorsReachable: reachableAddress(outsideOf(settings), networkInterfaces()),
      reachable: reachableAddress(settings, networkInterfaces()),
      dataFolder: settings.data,
      authorityFile: tls.authorityFile,
      hasCloud: running.connector !== undefined,
      givenSince: running.accountsGivenSince(),
    }),
  );
  running.assistant?.then(
    (assistant) => {
      for (const line of administration(assistant)) console.out(line);
    },
    (err: unknown) => log.error({ err }, 'the Assistant did not start; calls go on'),
  );
  void running.connector?.then(async (connector) => {
    if (connector === undefined) return;
    for (const line of cloud(connector)) console.out(line);
    if (system.origin !== 'demo') return;
    const { demoSignIns } = await import('./demo-sign-ins.ts');
    const people = await demoSignIns(system.current(), connector);
    const reachable = reachableAddress(outsideOf(settings), networkInterfaces());
    for (const line of webClientLines(border?.heard ?? [], reachable, people)) console.out(line);
  });
  // A fault in one call must not end all others: it is logged, and the call it happened in is lost at most.
  process.on('uncaughtException', (err) => log.error({ err }, 'a fault of the program'));
  const signal = await stopping;
  log.info({ signal }, 'stopping');
  await running.stop();
  console.out('Stopped.');
  return EXIT.done;
}

/** Where the administration is, and the one-time link while there is no administrator. */
export function administration({ url, setUpUrl }: RunningAssistant): string[] {
  if (url === undefined) return [];
  const first = setUpUrl === undefined ? [] : [`  First administrator, once: ${setUpUrl}`];
  return ['', `Administration: ${url}`, ...first];
}

/** Where people sign in. */
function cloud({ running, tenant }: LocalConnector): string[] {
  return ['', `Telephony Connector: ${running.url}`, `  Tenant ${tenant}`];
}

/** Says what is wrong with the configuration. */
export function tellProblems(console: Console, problems: readonly Problem[]): ExitCode {
  for (const problem of problems) console.error(problemLine(problem));
  return EXIT.failed;
}

/** The message of what is expected to go wrong; a fault of the program is thrown on. */
export function reasonOf(error: unknown): string {
  const advice = portAdvice(error);
  if (advice !== undefined) return advice;
  const isExpected =
    error instanceof StartError ||
    error instanceof DataFolderError ||
    error instanceof DatabaseError ||
    error instanceof StoredSystemError;
  if (isExpected) return error.message;
  throw error;
}
