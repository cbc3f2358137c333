import { useDeviceText } from '../call/device-text.ts';
import { useNowMs, usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Face, usePartyTexts } from '../ui/parts.tsx';
import { duration } from '../ui/times.ts';
import { useWords } from '../words/index.ts';

/** Calls on the user's other devices, live. */
export function OtherCalls() {
  const words = useWords();
  const run = useRun();
  const phone = usePhone();
  const texts = usePartyTexts();
  const deviceText = useDeviceText();
  const list = usePhoneState((state) => state.elsewhere);
  const nowMs = useNowMs(list.length > 0);
  return (
    <ul className="list">
      {list.map((call) => {
        const device = deviceText(call);
        const [name, number] = texts(call.party);
        const isAlerting = call.phase === 'alerting';
        const state = words(isAlerting ? 'otherAlerting' : call.phase === 'held' ? 'otherHeld' : 'otherActive', {
          device,
        });
        return (
          <li key={call.id} className="item wraps">
            <Face party={call.party} />
            <span className="what">
              <strong className="cut">{name}</strong>
              <small className="tnum">{number}</small>
              <small className="tnum">
                {state} · {duration(nowMs - call.sinceMs)}
              </small>
              {call.isMuted && <small>{words('otherMuted')}</small>}
            </span>
            {call.canPull && (
              <button type="button" className="button main small" onClick={() => run(phone.elsewhere.pull(call.id))}>
                {words(isAlerting ? 'answerHere' : 'pull')}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
