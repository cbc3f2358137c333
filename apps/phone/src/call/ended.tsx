import { type Call, saidOf } from '@unisono/phone';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { useWords } from '../words/index.ts';
import { featureText } from './call-words.ts';
import { Clock } from './in-call.tsx';
import { Who } from './incoming.tsx';

/** What became of the last call, for some seconds. */
export function Ended({ call }: { call: Call }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  // What the phone system says about an end of the usual kind is no news.
  const { detail = '', reason = '', status } = call.end ?? {};
  const isTold = status !== undefined && saidOf(detail) === undefined && ['refused', 'failed'].includes(reason);
  const settings = usePhoneState((state) => state.settings.shown);
  // Nobody calls a conference again, and what a code sets is set.
  const number = call.isConference || call.feature !== undefined ? undefined : (call.dialled ?? call.party.number);
  const isGivenUp = call.end?.reason === 'hungUpHere' || call.end?.reason === 'cancelled';
  const isHelpMissed = call.isEmergency && call.answeredAtMs === undefined && !isGivenUp;
  return (
    <section className="incall" aria-label={words('end.hungUpHere')}>
      <div className="middle">
        <Who call={call} />
        <p className="clock tnum">
          <Clock call={call} />
        </p>
        {isHelpMissed && (
          <p className="box bad" role="alert">
            {words('emergencyFailed')}
          </p>
        )}
        {call.feature !== undefined && call.answeredAtMs !== undefined && (
          <p className="box tint">{featureText(words, call.feature, settings)}</p>
        )}
        {isTold && detail !== '' && <p className="soft">{words('systemSays', { text: detail })}</p>}
      </div>
      <div className="aside">
        <button type="button" className="button" onClick={() => calls.dismiss(call.id)}>
          {words('close')}
        </button>
        {number !== undefined && (
          <button
            type="button"
            className="button main"
            onClick={() => {
              calls.dismiss(call.id);
              run(calls.dial(number));
            }}
          >
            <Icon name="phone" /> {words('callAgain')}
          </button>
        )}
      </div>
    </section>
  );
}
