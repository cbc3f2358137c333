import { networkInterfaces } from 'node:os';
import { problemLine } from '@unisono/platform';
import { type Console, EXIT, type ExitCode } from '../cli/console.ts';
import { reachableAddress } from '../config/addresses.ts';
import { outsideOf } from '../config/border-addresses.ts';
import type { GivenFlags } from '../config/flags.ts';
import { loadSettings } from '../config/load.ts';
import { startBorderProcess } from './border-process.ts';
import type { Certificates } from './certificates.ts';
import { reasonOf } from './start.ts';
import { stopRequested } from './stop-signal.ts';
import { processLog } from './system-process.ts';
import { doorLines } from './welcome.ts';

/** `unisono sbc`: runs a border until it is asked to stop. */
export async function sbc(console: Console, given: GivenFlags): Promise<ExitCode> {
  const loaded = loadSettings(given, console.environment, console.workingFolder);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problemLine(problem));
    return EXIT.failed;
  }
  const { settings } = loaded;
  const log = processLog(settings);
  for (const warning of loaded.warnings) log.warn({}, warning);
  let certificates: Certificates | undefined;
  const stopping = stopRequested(() => certificates?.reload());
  try {
    const { border, tls, stop, ...running } = await startBorderProcess(settings, log);
    certificates = running.certificates;
    const reachable = reachableAddress(outsideOf(settings), networkInterfaces());
    const gateways = settings.sbc.gateways.map(({ transport, address, port }) => `${transport}:${address}:${port}`);
    console.out(
      [
        `The border is running. Behind it: ${gateways.join(', ')}`,
        '',
        ...doorLines(border.heard, reachable, tls.authorityFile),
        '',
        `Kept in ${settings.data}. Stop with Ctrl-C.`,
      ].join('\n'),
    );
    // A fault in one call must not end all others.
    process.on('uncaughtException', (err) => log.error({ err }, 'a fault of the program'));
    const signal = await stopping;
    log.info({ signal }, 'stopping');
    await stop();
  } catch (error) {
    console.error(`The border does not start: ${reasonOf(error)}`);
    return EXIT.failed;
  }
  console.out('Stopped.');
  return EXIT.done;
}
