const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and the launcher both pass Ctrl-C on: within this time the second one is the same one. */
const SAME_SIGNAL_MS = 1000;

/**
 * Resolves when the process is asked to stop. Asked again, it ends at once: something hangs. SIGHUP asks a service to read its
 * certificate again, which `reload` does; on a terminal it means that the terminal is gone.
 */
export function stopRequested(reload: () => void = () => {}): Promise<NodeJS.Signals> {
  const isService = !process.stdout.isTTY && !process.stderr.isTTY;
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (signal === 'SIGHUP' && isService) return reload();
      const nowMs = performance.now();
      firstMs ??= nowMs;
      if (nowMs - firstMs > SAME_SIGNAL_MS) process.exit(1);
      resolve(signal);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
