import type { Call } from '@unisono/phone';
import { useEffect, useRef, useState } from 'react';
import { useIsWide } from '../browser/media-query.ts';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { useKeyHint } from '../ui/key-hint.tsx';
import { Face, IconButton, usePartyTexts } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';
import { isGathering, useCallTexts } from './call-texts.ts';
import { phaseText } from './call-words.ts';
import { useDeviceText } from './device-text.ts';
import { NumberChooser } from './number-chooser.tsx';

/** A tap that was meant for what was here a moment ago is no decision about a call. */
const GUARD_MS = 350;

export function Incoming({ call, running }: { call: Call; running: Call | undefined }) {
  const words = useWords();
  const { calls } = usePhone();
  const run = useRun();
  const hasMailbox = usePhoneState(
    (state) => state.voicemail.number !== undefined || state.desk?.voicemailNumber !== undefined,
  );
  const [isChoosing, setChoosing] = useState(false);
  const forward = useRef<HTMLButtonElement>(null);
  const wasChoosing = useRef(false);
  useEffect(() => {
    if (wasChoosing.current && !isChoosing) forward.current?.focus();
    wasChoosing.current = isChoosing;
  }, [isChoosing]);
  const hint = useKeyHint();
  const shownAtMs = useRef(performance.now());
  const decide = (decision: () => void) => (event: React.MouseEvent) => {
    // `detail` is 0 for keys: those are aimed.
    if (event.detail === 0 || performance.now() - shownAtMs.current > GUARD_MS) decision();
  };
  return (
    <section
      className="incoming"
      aria-label={phaseText(words, call)}
      onKeyDown={({ key }) => key === 'Escape' && setChoosing(false)}
    >
      {running !== undefined && <RunningRow call={running} />}
      <Who call={call} />
      {isChoosing ? (
        <NumberChooser
          title={words('toNumberTitle')}
          except={call.party.number}
          onClose={() => setChoosing(false)}
          actions={[
            { text: words('send'), isMain: true, onChoose: (number) => run(calls.deflect(call.id, { number })) },
          ]}
        />
      ) : (
        <div className="grow" />
      )}
      {call.movedFrom === undefined && !isChoosing && (
        <div className="aside">
          {hasMailbox && (
            <button type="button" className="button" onClick={decide(() => run(calls.deflect(call.id, 'voicemail')))}>
              <Icon name="voicemail" /> {words('toVoicemail')}
            </button>
          )}
          <button type="button" ref={forward} className="button" onClick={decide(() => setChoosing(true))}>
            <Icon name="diverted" /> {words('toNumber')}
          </button>
        </div>
      )}
      <div className="decision">
        <button
          type="button"
          className="big stop"
          {...hint('decline', 'E')}
          onClick={decide(() => run(calls.decline(call.id)))}
        >
          <span className="round">
            <Icon name="hangUp" />
          </span>
          {words(call.movedFrom === undefined ? 'decline' : 'leaveThere')}
        </button>
        <button
          type="button"
          className="big go"
          {...hint('answer', 'A')}
          onClick={decide(() => run(calls.answer(call.id)))}
        >
          <span className="round">
            <Icon name="phone" />
          </span>
          {words(running === undefined ? 'answer' : 'answerHold')}
        </button>
      </div>
    </section>
  );
}

/** The call that goes on while another one rings. */
function RunningRow({ call }: { call: Call }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const [name] = useCallTexts()(call);
  return (
    <div className="other">
      <span className="grow lines">
        <strong className="cut">{name}</strong>
        <small>{phaseText(words, call)}</small>
      </span>
      <IconButton
        icon={call.isMuted ? 'micOff' : 'mic'}
        label={`${words(call.isMuted ? 'unmute' : 'mute')}: ${name}`}
        onClick={() => run(calls.setMuted(call.id, !call.isMuted))}
      />
      <IconButton icon="hangUp" label={`${words('hangUp')}: ${name}`} onClick={() => run(calls.hangUp(call.id))} />
    </div>
  );
}

/** Names longer than this are written smaller. */
const LONG = 24;

/** `isListed`: who is in the conference stands below, and gets the room. */
export function Who({ call, isListed = false }: { call: Call; isListed?: boolean }) {
  const words = useWords();
  const texts = usePartyTexts();
  const [name, detail] = useCallTexts()(call);
  const deviceText = useDeviceText();
  const [forwarder] = call.forwardedFrom;
  // On a telephone the call is the whole page.
  const Name = useIsWide() ? 'h2' : 'h1';
  return (
    <div className="who">
      <p className="phase">{phaseText(words, call)}</p>
      {!isListed && (
        <span className={call.phase === 'incoming' ? 'pulse' : ''}>
          <Face party={call.party} isLarge icon={isGathering(call) ? 'merge' : 'phone'} />
        </span>
      )}
      <Name className={name.length > LONG ? 'long' : undefined} title={name.length > LONG ? name : undefined}>
        {name}
      </Name>
      {!isListed && <p className="soft tnum">{detail}</p>}
      {call.movedFrom !== undefined && call.phase === 'incoming' && (
        <p className="soft">
          {words('movedFrom', {
            device: deviceText({ device: call.movedFrom === 'desk' ? 'desk' : 'client', deviceId: call.movedFrom }),
          })}
        </p>
      )}
      {forwarder !== undefined && (
        <p className="soft clamp">{words('forwardedFrom', { who: texts(forwarder).filter(Boolean).join(', ') })}</p>
      )}
    </div>
  );
}
