import { openDataFolder } from '@unisono/platform';
import { SystemClock } from '@unisono/sip';
import { type Console, EXIT, type ExitCode } from '../cli/console.ts';
import { revokerOfConnector } from '../clients/revoke-of-connector.ts';
import type { GivenFlags } from '../config/flags.ts';
import { type LoadedSettings, loadSettings } from '../config/load.ts';
import { followNow } from '../now/now-mirror.ts';
import { NOW_SOCKET } from '../now/now-socket.ts';
import { Certificates } from '../start/certificates.ts';
import { followChanges, followMailboxes } from '../start/housekeeping.ts';
import { sipPoints } from '../start/sip-points.ts';
import { administration, reasonOf, tellProblems } from '../start/start.ts';
import { StartError } from '../start/start-error.ts';
import { stopRequested } from '../start/stop-signal.ts';
import { processLog } from '../start/system-process.ts';
import { DATABASE_FILE, openStore } from '../stores/open-store.ts';
import { loadSystem } from '../stores/system-store.ts';
import { createVoicemailStore } from '../stores/voicemail-store.ts';
import { type RunningAssistant, startAssistant } from './start-assistant.ts';

type Log = ReturnType<typeof processLog>;

/** `unisono assistant`: the administration in a process of its own, beside the gateway of the same data folder. */
export async function assistantAlone(console: Console, given: GivenFlags): Promise<ExitCode> {
  const loaded = loadSettings(given, console.environment, console.workingFolder);
  if (!loaded.ok) return tellProblems(console, loaded.problems);
  const log = processLog(loaded.settings);
  const started: (() => void | Promise<void>)[] = [];
  let certificates: Certificates | undefined;
  const stopping = stopRequested(() => certificates?.reload());
  try {
    const { running, ...beside } = await startBeside(loaded.settings, log, started);
    ({ certificates } = beside);
    const at = administration(running);
    console.out(
      [
        ...(at.length > 0 ? at.slice(1) : ['The Assistant keeps the link to the cloud, and has no pages.']),
        '',
        `Beside the gateway of ${loaded.settings.data}. Stop with Ctrl-C.`,
      ].join('\n'),
    );
    process.on('uncaughtException', (err) => log.error({ err }, 'a fault of the program'));
    log.info({ signal: await stopping }, 'stopping');
    return EXIT.done;
  } catch (error) {
    console.error(`The Assistant does not start: ${reasonOf(error)}`);
    return EXIT.failed;
  } finally {
    for (const undo of started.reverse()) await undo();
  }
}

async function startBeside(
  settings: LoadedSettings,
  log: Log,
  started: (() => void | Promise<void>)[],
): Promise<{ running: RunningAssistant; certificates: Certificates }> {
  const clock = new SystemClock();
  const epochMs = (): number => clock.epochMs();
  started.push(() => clock.close());
  const folder = openDataFolder(settings.data, 'assistant');
  started.push(() => folder.release());
  const store = await openStore(folder.file(DATABASE_FILE));
  started.push(() => store.close());
  const system = loadSystem(store, epochMs);
  if (system === undefined) {
    throw new StartError(`there is no phone system in ${settings.data} yet: start its gateway first (unisono gateway)`);
  }
  const certificates = await Certificates.open({ settings, folder, clock, log, isOrdering: false });
  started.push(() => certificates.close());
  const tls = certificates.material;
  started.push(followChanges(system, clock, log));
  const mailboxes = createVoicemailStore(store, (err) => log.error({ err }, 'a change of a mailbox was not stored'));
  started.push(followMailboxes(mailboxes, clock, log));
  const mirror = followNow(folder.file(NOW_SOCKET), store, clock, log);
  started.push(() => mirror.close());
  const running = await startAssistant({
    settings,
    folder,
    store,
    system,
    now: mirror.now,
    heard: sipPoints(settings, tls),
    mailboxes,
    tls,
    clock,
    log,
    // The gateway looks into the database by itself.
    onInstallationRevoked: revokerOfConnector(store, system, epochMs, () => {}),
  });
  started.push(() => running.close());
  certificates.onOwnChange(({ chain: cert, privateKey: key }) => void running.assistant.setCertificate({ cert, key }));
  return { running, certificates };
}
