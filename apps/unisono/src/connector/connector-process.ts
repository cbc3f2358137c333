import { DatabaseError, DataFolderError, openDataFolder, problemLine } from '@unisono/platform';
import { SystemClock } from '@unisono/sip';
import { type Console, EXIT, type ExitCode } from '../cli/console.ts';
import { loadSettings } from '../config/load.ts';
import { Certificates } from '../start/certificates.ts';
import { portAdvice } from '../start/port-advice.ts';
import { StartError } from '../start/start-error.ts';
import { stopRequested } from '../start/stop-signal.ts';
import { processLog } from '../start/system-process.ts';
import { startConnector } from './start-connector.ts';

/** `unisono connector start`: the Connector as a process of its own, until it is asked to stop. */
export async function startAlone(console: Console, given: Readonly<Record<string, string>>): Promise<ExitCode> {
  const loaded = loadSettings(given, console.environment, console.workingFolder);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problemLine(problem));
    return EXIT.failed;
  }
  const { settings } = loaded;
  if (settings.connector.listen.length === 0) {
    console.error('connector.listen is off: give the port on which the Connector is to hear.');
    return EXIT.failed;
  }
  const log = processLog(settings);
  const clock = new SystemClock();
  let certificates: Certificates | undefined;
  const stopping = stopRequested(() => certificates?.reload());
  const undo: (() => void | Promise<void>)[] = [];
  try {
    const folder = openDataFolder(settings.data);
    undo.push(() => folder.release());
    const shown = await Certificates.open({ settings, folder, clock, log, isOrdering: false });
    certificates = shown;
    undo.push(() => shown.close());
    const running = await startConnector({ settings, tls: shown.material, clock, log });
    undo.push(() => running.close());
    shown.onOwnChange(({ chain: cert, privateKey: key }) => running.connector.setCertificate({ cert, key }));
    console.out(
      `Telephony Connector: ${running.url}\nKept in ${settings.connector.database === undefined ? settings.data : 'PostgreSQL'}. Stop with Ctrl-C.`,
    );
    process.on('uncaughtException', (err) => log.error({ err }, 'a fault of the program'));
    log.info({ signal: await stopping }, 'stopping');
    return EXIT.done;
  } catch (error) {
    const isExpected =
      error instanceof StartError || error instanceof DataFolderError || error instanceof DatabaseError;
    const reason = portAdvice(error) ?? (isExpected ? error.message : undefined);
    if (reason === undefined) throw error;
    console.error(`The Connector does not start: ${reason}`);
    return EXIT.failed;
  } finally {
    for (const step of undo.reverse()) await step();
  }
}
