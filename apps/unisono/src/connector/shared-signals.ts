import { EVERYTHING_TOPIC, localSignals, type Signals } from '@unisono/connector';
import { type Logger, openNotifications } from '@unisono/platform';
import type { Clock } from '@unisono/sip';

const CHANNEL = 'unisono_connector';

export interface SharedSignals {
  readonly signals: Signals;
  close(): Promise<void>;
}

/** Signals between Connector processes over one PostgreSQL. After a gap everybody looks at everything. */
export async function sharedSignals(database: string, clock: Clock, log: Logger): Promise<SharedSignals> {
  const local = localSignals();
  const others = await openNotifications(database, CHANNEL, local.publish, {
    after: (delayMs, run) => clock.startTimer(delayMs, { onTimer: run }, 'signals'),
    onGap: () => {
      log.info({}, 'other processes of the Connector are heard again');
      local.publish(EVERYTHING_TOPIC);
    },
    onProblem: (err) => log.warn({ err }, 'other processes of the Connector are not heard; trying again'),
  });
  return {
    signals: {
      publish: (topic) => {
        local.publish(topic);
        others.publish(topic);
      },
      subscribe: local.subscribe,
    },
    close: () => others.close(),
  };
}
