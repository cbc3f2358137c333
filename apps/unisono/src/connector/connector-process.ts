import { DatabaseError, DataFolderError, openDataFolder, problemLine } from '@unisono/platform';
import { SystemClock } from '@unisono/sip';
import { type Console, EXIT, type ExitCode } from '../cli/console.ts';
import { loadSettings } from '../config/load.ts';
import { portAdvice } from '../start/port-advice.ts';
import { StartError } from '../start/start-error.ts';
import { stopRequested } from '../start/stop-signal.ts';
import { processLog } from '../start/system-process.ts';
import { tlsMaterial } from '../start/tls.ts';
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
  const stopping = stopRequested();
  const undo: (() => void | Promise<void>)[] = [];
  try {
    const folder = openDataFolder(settings.data);
    undo.push(() => folder.release());
    const tls = await tlsMaterial(settings, folder, clock.epochMs(), log);
    const running = await startConnector({ settings, tls, clock, log });
    undo.push(() => running.close());
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
